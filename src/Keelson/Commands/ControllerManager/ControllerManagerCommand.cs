using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
using Keelson.Controllers;

namespace Keelson.Commands.ControllerManager;

/// <summary><c>keelson controller-manager</c>: the controllers as a process of their own, with
/// kube-controller-manager's flags.</summary>
internal static class ControllerManagerCommand
{
    private const string Name = "controller-manager";
    private const string Program = "kube-controller-manager";

    private static CommandHelp Text { get; } =
        new("Start the controllers alone, with kube-controller-manager's flags.", "[flags]")
    {
        Description = """
            Start the controllers alone. It takes the flags of kube-controller-manager, and works for any API server of
            Kubernetes. Several of them elect the one that acts; the others wait.
            """,
        Examples = """
            # Beside an API server
            keelson controller-manager --kubeconfig=controller-manager.conf

            # Without some of the controllers
            keelson controller-manager --kubeconfig=controller-manager.conf --controllers=*,-ttl
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        Name,
        Text,
        static () => new ControllerManagerFlags().Set,
        static (arguments, cancellation) =>
            ComponentProcess.RunUntilSignalAsync(stop => RunAsync(arguments, stop), cancellation));

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ControllerManagerFlags flags = new();
        ComponentCommand.Parse(Name, flags.Set, arguments, flags.Validate);
        TimeProvider clock = TimeProvider.System;
        Action<string> log = flags.Logs.Writer(clock);
        ServerProcess process = new(clock, log, static _ => Environment.Exit(1));
        ControllerManagerConfig config = flags.ToConfig(process);
        Kubeconfig kubeconfig = flags.Client.Read();
        HttpsClientConfig behaviour = flags.Client.ToConfig(Program, process);
        using MemoryUpkeep memory = new(clock);
        using RemoteClients clients = new(kubeconfig, behaviour, flags.OwnAccounts.Value);

        // The lease and the watches must not wait behind the controllers' requests.
        using HttpsApiClient election = HttpsApiClient.Of(kubeconfig, behaviour with { Qps = 0 });
        await using RemoteInformers informers = new(election, new RemoteInformersConfig { Clock = clock, Log = log });
        return await ComponentProcess.RunAsync(
            new(
                Program,
                election,
                flags.Leader.ToConfig(process),
                () => Controllers.ControllerManager.Start(clients, informers, config),
                flags.Serving.ToConfig(process, behaviour, flags.Configz())),
            process,
            stop);
    }
}
