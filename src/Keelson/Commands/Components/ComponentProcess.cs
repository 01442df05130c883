using System.Runtime.InteropServices;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Kubeconfigs;
using Keelson.Client.Leases;
using Keelson.Commands.ApiServer;
using Keelson.Flags;
using Keelson.Server.Components;

namespace Keelson.Commands.Components;

/// <summary>What a component's run needs to know.</summary>
/// <param name="Name">The component's name: <c>kube-scheduler</c>.</param>
/// <param name="Client">Its own identity.</param>
/// <param name="Election">The election; null when the work begins at once.</param>
/// <param name="Work">Starts the work; disposing ends it.</param>
/// <param name="Serving">What it serves of itself; null for nothing.</param>
internal sealed record ComponentRun(
    string Name,
    IApiClient Client,
    LeaderElectionConfig? Election,
    Func<IAsyncDisposable> Work,
    ComponentServerConfig? Serving = null);

/// <summary>Runs a component: waits until it leads, works, and ends when it is told to or leads no longer.</summary>
internal static class ComponentProcess
{
    // For how long the end of a process waits for the server to take the lease back.
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(5);

    /// <summary>Runs until SIGTERM or SIGINT, or until the lead is lost.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunUntilSignalAsync(
        Func<CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        try
        {
            return await run(stop.Token);
        }
        catch (Exception exception) when (exception is FlagException or KubeconfigException or IOException
            or InvalidOperationException or FormatException)
        {
            await Console.Error.WriteLineAsync("Error: " + exception.Message);
            return 1;
        }
    }

    /// <summary>Runs the component's work as long as it may.</summary>
    public static async Task<int> RunAsync(ComponentRun run, ServerProcess process, CancellationToken stop)
    {
        if (run.Election is not { } election)
        {
            await using ComponentServer? pages = await ServeAsync(run, null, stop);
            await using IAsyncDisposable alone = run.Work();
            await UntilAsync(stop);
            return 0;
        }

        await using EventRecorder events = new(run.Client, run.Name, "", process.Clock);
        LeaderElector elector = new(run.Client, events, election);
        await using ComponentServer? server = await ServeAsync(run, elector, stop);
        try
        {
            await elector.AcquireAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        await using (run.Work())
        {
            await elector.HoldAsync(stop);
            if (!stop.IsCancellationRequested)
            {
                // What is under way must not be finished beside the new leader's work.
                process.Log("leaderelection lost");
                process.OnFatal(new InvalidOperationException("leaderelection lost"));
                return 1;
            }
        }

        using CancellationTokenSource patience = new(ReleasePatience, process.Clock);
        try
        {
            await elector.ReleaseAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            process.Log("the lease could not be given back in time");
        }

        return 0;
    }

    private static async ValueTask<ComponentServer?> ServeAsync(
        ComponentRun run, LeaderElector? elector, CancellationToken stop)
    {
        if (run.Serving is not { } serving)
        {
            return null;
        }

        Dictionary<string, Func<string?>> checks = new(serving.Checks);
        if (elector is not null)
        {
            checks["leaderElection"] = elector.RenewalFailure;
        }

        return await ComponentServer.StartAsync(serving with { Checks = checks }, stop);
    }

    private static async Task UntilAsync(CancellationToken stop)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(() => end.TrySetResult());
        await end.Task;
    }
}
