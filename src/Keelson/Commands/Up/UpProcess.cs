using System.Runtime.InteropServices;
using Keelson.Cluster;

namespace Keelson.Commands.Up;

/// <summary>A cluster in the foreground: from its start to the signal that ends it.</summary>
internal sealed class UpProcess(UpOptions options)
{
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until SIGTERM or SIGINT, or until the cluster can't go on.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        long start = TimeProvider.System.GetTimestamp();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            using MemoryUpkeep memory = new(TimeProvider.System);
            await using ControlPlane plane = await ControlPlane.StartAsync(Config(), cancellation);
            TimeSpan took = TimeProvider.System.GetElapsedTime(start);
            RunState.Own(plane.Url, plane.AdminKubeconfig, "").Write(options.DataDirectory);
            Console.WriteLine($"Keelson is ready at {plane.Url} after {took.TotalMilliseconds:F0} ms. KUBECONFIG={plane.AdminKubeconfig}");
            int code = await _end.Task;
            RunState.Remove(options.DataDirectory);
            return code;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or Cluster.Pki.PkiException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync("keelson: " + exception.Message);
            return 1;
        }
    }

    private ControlPlaneConfig Config() => new()
    {
        DataDirectory = options.DataDirectory,
        BindAddress = options.BindAddress,
        SecurePort = options.SecurePort,
        SimulatedNodes = options.SimulatedNodes,
        MetricsResolution = options.MetricResolution,
        Log = Console.Error.WriteLine,
        OnFatal = exception =>
        {
            Console.Error.WriteLine("keelson: " + exception.Message);
            _end.TrySetResult(1);
        },
    };

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _end.TrySetResult(0);
    }
}
