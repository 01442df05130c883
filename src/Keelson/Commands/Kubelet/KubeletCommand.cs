using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
using Keelson.Configuration;
using Keelson.Nodes;
using Keelson.Nodes.Identity;
using Keelson.Nodes.Shutdown;

namespace Keelson.Commands.Kubelet;

/// <summary><c>keelson kubelet</c>: the agent of a node as a process of its own, with kubelet's flags.</summary>
internal static class KubeletCommand
{
    private const string Name = "kubelet";

    private static CommandHelp Text { get; } = new("Start a node's agent alone, with kubelet's flags.", "[flags]")
    {
        Description = """
            Start the agent of a node alone. It takes the flags of kubelet and its configuration file, and joins any API
            server of Kubernetes with the credentials of its kubeconfig. Containers run in containerd or CRI-O.
            """,
        Examples = """
            # Join this machine to a cluster
            keelson kubelet --kubeconfig=/etc/kubernetes/kubelet.conf --config=kubelet.yaml

            # With a name and a runtime of its own
            keelson kubelet --kubeconfig=kubelet.conf --hostname-override=node-2 \
              --container-runtime-endpoint=unix:///run/crio/crio.sock
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        Name,
        Text,
        static () => new KubeletFlags().Set,
        static (arguments, cancellation) =>
            ComponentProcess.RunUntilSignalAsync(stop => RunAsync(arguments, stop), cancellation));

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        KubeletFlags flags = new();
        ComponentCommand.Parse(Name, flags.Set, arguments, flags.Validate);
        TimeProvider clock = TimeProvider.System;
        Action<string> log = flags.Logs.Writer(clock);
        ServerProcess process = new(clock, log, static _ => Environment.Exit(1));
        ConfigurationDocument file = flags.Fields.Over(KubeletConfigurationFile.Read(
            flags.Config.Value,
            flags.ConfigDirectory.Value is { Length: > 0 } directory ? new DirectoryInfo(directory) : null));
        KubeletConfigurationRules.Check(file, flags.Set);
        foreach (string warning in KubeletConfigurationFields.Warnings(file))
        {
            log(warning);
        }

        HttpsClientConfig behaviour = flags.Behaviour(file, flags.Client.ToConfig(Name, process));
        await using NodeIdentity? identity = flags.Identity(file, clock, log) is { } managed
            ? await NodeIdentity.OpenAsync(managed, stop)
            : null;
        using MemoryUpkeep memory = new(clock);
        using HttpsApiClient client = identity?.Client(behaviour)
            ?? HttpsApiClient.Of(flags.Client.Read(), behaviour);
        await using RemoteInformers informers = new(client, new RemoteInformersConfig
        {
            Clock = clock,
            Log = log,
            FieldSelector = kind => SelectorOf(kind, flags.NodeName),
        });
        NodeAgentConfig config = flags.ToConfig(file, new NodeAgentConfig
        {
            NodeName = flags.NodeName,
            Client = client,
            Identity = identity,
            Informers = informers,
            RootDirectory = "",
            Flags = flags.Set.All.ToDictionary(static one => one.Name, static one => one.Text),
            Clock = clock,
            Log = log,
        });
        await using NodeAgent agent = await NodeAgent.StartAsync(config, stop);
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => end.TrySetResult());
        await end.Task;
        if (config.Shutdown.IsOn && await SystemState.IsStoppingAsync(CancellationToken.None))
        {
            await agent.ShutDownAsync(CancellationToken.None);
        }

        return 0;
    }

    /// <summary>A node may see the pods that are bound to it, and itself.</summary>
    private static string SelectorOf(ApiKind kind, string nodeName) =>
        kind == KindOf<Pod>.Kind ? "spec.nodeName=" + nodeName
        : kind == KindOf<Node>.Kind ? "metadata.name=" + nodeName
        : "";
}
