using Keelson.Client.Https;
using Keelson.Client.Informers.Remote;
using Keelson.Client.Kubeconfigs;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Commands.UserCommands;
using Keelson.Scheduler;
using Keelson.Scheduler.Config;

namespace Keelson.Commands.Scheduler;

/// <summary><c>keelson scheduler</c>: the scheduler as a process of its own, with kube-scheduler's flags.</summary>
internal static class SchedulerCommand
{
    private const string Name = "scheduler";
    private const string Program = "kube-scheduler";

    private static CommandHelp Text { get; } = new("Start the scheduler alone, with kube-scheduler's flags.", "[flags]")
    {
        Description = """
            Start the scheduler alone. It takes the flags of kube-scheduler and its configuration file, and works for
            any API server of Kubernetes. Several of them elect the one that places pods; the others wait.
            """,
        Examples = """
            # Beside an API server
            keelson scheduler --kubeconfig=scheduler.conf

            # With profiles and plugins of a KubeSchedulerConfiguration
            keelson scheduler --kubeconfig=scheduler.conf --config=scheduler.yaml
            """,
    };

    /// <summary>Describes the command. It takes its whole line as it is.</summary>
    public static UserCommand Create() => new ComponentCommand(
        Name,
        Text,
        static () => new SchedulerFlags().Set,
        static (arguments, cancellation) =>
            ComponentProcess.RunUntilSignalAsync(stop => RunAsync(arguments, stop), cancellation));

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        SchedulerFlags flags = new();
        ComponentCommand.Parse(Name, flags.Set, arguments, flags.Validate);
        TimeProvider clock = TimeProvider.System;
        Action<string> log = flags.Logs.Writer(clock);
        ServerProcess process = new(clock, log, static _ => Environment.Exit(1));
        KubeSchedulerConfiguration configuration = flags.ToConfiguration();
        Kubeconfig kubeconfig = flags.Client.Read(configuration.ClientConnection.Kubeconfig);
        HttpsClientConfig behaviour = flags.Client.ToConfig(Program, process);
        using MemoryUpkeep memory = new(clock);
        using HttpsApiClient client = HttpsApiClient.Of(kubeconfig, behaviour);

        // The lease and the watches must not wait behind bindings.
        using HttpsApiClient election = HttpsApiClient.Of(kubeconfig, behaviour with { Qps = 0 });
        await using RemoteInformers informers = new(election, new RemoteInformersConfig { Clock = clock, Log = log });
        SchedulerConfig config = new() { Configuration = configuration, Clock = clock, Log = log };
        return await ComponentProcess.RunAsync(
            new(
                Program,
                election,
                flags.ToElection(configuration, process),
                () => Keelson.Scheduler.Scheduler.Start(client, informers, config),
                flags.Serving.ToConfig(process, behaviour, flags.Configz(configuration))),
            process,
            stop);
    }
}
