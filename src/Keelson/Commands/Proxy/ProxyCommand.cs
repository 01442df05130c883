using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
using Keelson.Configuration;
using Keelson.Network.Proxy;

namespace Keelson.Commands.Proxy;

/// <summary><c>keelson proxy</c>: a node's service proxy as a process of its own, with kube-proxy's flags.</summary>
internal static class ProxyCommand
{
    private const string Name = "proxy";
    private const string Program = "kube-proxy";

    private static CommandHelp Text { get; } =
        new("Start a node's service proxy alone, with kube-proxy's flags.", "[flags]")
    {
        Description = """
            Start the service proxy of a node alone. It takes the flags of kube-proxy and its configuration file.
            Services become maps of nftables, whatever mode is named.
            """,
        Examples = """
            # On a node
            keelson proxy --kubeconfig=proxy.conf --cluster-cidr=10.244.0.0/16

            # Take away what a proxy left
            keelson proxy --cleanup
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        Name,
        Text,
        static () => new ProxyFlags().Set,
        static (arguments, cancellation) =>
            ComponentProcess.RunUntilSignalAsync(stop => RunAsync(arguments, stop), cancellation));

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ProxyFlags flags = new();
        ComponentCommand.Parse(Name, flags.Set, arguments, flags.Validate);
        TimeProvider clock = TimeProvider.System;
        Action<string> log = flags.Logs.Writer(clock);
        ServerProcess process = new(clock, log, static _ => Environment.Exit(1));
        ConfigurationDocument file = KubeProxyConfigurationFile.Read(flags.Config.Value);
        ServiceProxyConfig config = flags.ToConfig(file, process);
        if (flags.CleanUp.Value)
        {
            await ServiceProxy.CleanUpAsync(config, stop);
            return 0;
        }

        Kubeconfig kubeconfig = flags.Client.Read(file.Text("", "clientConnection", "kubeconfig"));
        HttpsClientConfig behaviour = flags.Client.ToConfig(Program, process);
        using MemoryUpkeep memory = new(clock);
        using HttpsApiClient client = HttpsApiClient.Of(kubeconfig, behaviour);
        await using RemoteInformers informers = new(client, new RemoteInformersConfig { Clock = clock, Log = log });
        return await ComponentProcess.RunAsync(
            new(Program, client, Election: null, () => ServiceProxy.Start(informers, config)), process, stop);
    }
}
