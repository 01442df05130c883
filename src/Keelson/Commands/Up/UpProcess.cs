using System.Runtime.InteropServices;
using Keelson.Cluster;
using Keelson.Commands.UserCommands;
using Keelson.Machine;

namespace Keelson.Commands.Up;

/// <summary>A cluster in the foreground: from its start to the signal that ends it.</summary>
internal sealed class UpProcess(UpOptions options, CommandConsole console)
{
    private const string Instead =
        "Without it: keelson up --no-node --simulated-nodes 3 runs a cluster whose containers are only simulated.";

    // For how long pods may take to end when the process does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool IsFirst => !Directory.Exists(Path.Combine(options.DataDirectory, "store"));

    /// <summary>Runs until SIGTERM or SIGINT, or until the cluster can't go on.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        long start = console.Clock.GetTimestamp();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            string? problem = options.Node is null
                ? null
                : await NodeMachine.PrepareAsync(options.MayInstall, IsFirst, Instead, console, cancellation);
            problem ??= StartChecks.Problem(options);
            if (problem is not null)
            {
                await console.Error.WriteLineAsync("keelson: " + problem);
                return 1;
            }

            using MemoryUpkeep memory = new(console.Clock);
            await using ControlPlane plane = await ControlPlane.StartAsync(Config(), cancellation);
            TimeSpan took = console.Clock.GetElapsedTime(start);
            RunState state = RunState.Own(plane.Url, plane.AdminKubeconfig, options.Node?.Name ?? "");
            (state with { IsStarting = options.Node is not null }).Write(options.DataDirectory);
            console.Output.WriteLine($"Keelson is ready at {plane.Url} after {took.TotalMilliseconds:F0} ms. "
                + $"KUBECONFIG={plane.AdminKubeconfig}");
            if (options.MergesKubeconfig)
            {
                Merge(plane.AdminKubeconfig);
            }

            if (options.Node is { } node && await NodeAsync(plane, node, start))
            {
                console.Output.WriteLine(Summary(plane));
                state.Write(options.DataDirectory);
            }

            int code = await _end.Task;
            RunState.Remove(options.DataDirectory);
            if (options.Node is not null && !options.LeavesPods)
            {
                console.Output.WriteLine("Stopping pods; --leave-pods would let them run on.");
                await plane.StopPodsAsync(Patience);
            }

            return code;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or Cluster.Pki.PkiException or InvalidOperationException)
        {
            await console.Error.WriteLineAsync("keelson: " + exception.Message);
            return 1;
        }
    }

    /// <summary>Waits until the node is Ready; false when the process is to end before.</summary>
    private async Task<bool> NodeAsync(ControlPlane plane, LocalNodeConfig node, long start)
    {
        Task first = await Task.WhenAny(plane.NodeReady, _end.Task);
        if (first == _end.Task)
        {
            return false;
        }

        await first;
        TimeSpan took = console.Clock.GetElapsedTime(start);
        console.Output.WriteLine($"Node {node.Name} is Ready after {took.TotalSeconds:F1} s.");
        return true;
    }

    private static string Summary(ControlPlane plane) => $"""

        Try:

          export KUBECONFIG={plane.AdminKubeconfig}
          kubectl get nodes
          kubectl create deployment web --image=nginx --port=80
          kubectl expose deployment web
          kubectl get pods --watch

        """;

    private void Merge(string kubeconfig)
    {
        string target = KubeconfigMerge.UserFile();
        try
        {
            KubeconfigMerge.Merge(kubeconfig, target);
            console.Output.WriteLine($"{target} has the cluster as context \"keelson\".");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            console.Error.WriteLine($"--merge-kubeconfig: {exception.Message}");
        }
    }

    private ControlPlaneConfig Config() => new()
    {
        DataDirectory = options.DataDirectory,
        BindAddress = options.BindAddress,
        SecurePort = options.SecurePort,
        SimulatedNodes = options.SimulatedNodes,
        MetricsResolution = options.MetricResolution,
        NodeMonitorGracePeriod = options.NodeMonitorGracePeriod,
        VerifiesKubelets = options.VerifiesKubelets,
        Node = options.Node,
        Log = text => console.Error.WriteLine(text),
        OnFatal = exception =>
        {
            console.Error.WriteLine("keelson: " + exception.Message);
            _end.TrySetResult(1);
        },
    };

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _end.TrySetResult(0);
    }
}
