using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Ends containers: hook, signal, and when the grace period is over, by force.</summary>
internal sealed class ContainerKiller(CriClient runtime, LifecycleHooks hooks, EventRecorder events, TimeProvider clock)
{
    // A container always has a moment to end by itself (upstream's minimumGracePeriodInSeconds). Unlike upstream's, it
    // has one second when that is what was asked for: who asks for less than two does not want to wait.
    private const long ShortestGraceSeconds = 2;

    // How much longer than the grace period the runtime may take.
    private static readonly TimeSpan RuntimePatience = TimeSpan.FromMinutes(2);

    /// <summary>Ends a container and returns when it has ended.</summary>
    public async Task KillAsync(KillRequest request, CancellationToken cancellationToken)
    {
        (Pod pod, ContainerSpec? one) = (request.Pod, request.Spec);
        string message = request.Message.Length > 0 ? request.Message : $"Stopping container {request.Container.Name}";
        if (one is not null)
        {
            events.Record(PodNames.ReferenceTo(pod, one), "Normal", "Killing", message);
        }

        long grace = request.GraceSeconds ?? GraceOf(pod, one, request.Reason);
        long least = grace == 1 ? 1 : ShortestGraceSeconds;
        long started = clock.GetTimestamp();
        if (one?.Container.Lifecycle?.PreStop is { } hook && grace > 0 && !request.SkipsHook)
        {
            await PreStopAsync(request, one, hook, grace, cancellationToken);
        }

        if (request.Turn is { } turn && grace > 0)
        {
            TimeSpan left = TimeSpan.FromSeconds(grace) - clock.GetElapsedTime(started);
            await Task.WhenAny(turn, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        grace -= (long)clock.GetElapsedTime(started).TotalSeconds;
        await StopAsync(request.Container.Id, Math.Max(grace, least), cancellationToken);
    }

    /// <summary>Ends a container without a hook.</summary>
    public async Task StopAsync(string id, long graceSeconds, CancellationToken cancellationToken)
    {
        try
        {
            await runtime.CallAsync(
                CriMethods.StopContainer,
                new Proto.StopContainerRequest { ContainerId = id, Timeout = graceSeconds },
                TimeSpan.FromSeconds(graceSeconds) + RuntimePatience,
                cancellationToken);
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.NotFound)
        {
            // It is gone.
        }
    }

    /// <summary>How long a container may take to end, in seconds.</summary>
    public static long GraceOf(Pod pod, ContainerSpec? one, KillReason reason)
    {
        if (pod.Metadata.DeletionGracePeriodSeconds is { } deletion)
        {
            return deletion;
        }

        long? probe = reason switch
        {
            KillReason.LivenessProbe => one?.Container.LivenessProbe?.TerminationGracePeriodSeconds,
            KillReason.StartupProbe => one?.Container.StartupProbe?.TerminationGracePeriodSeconds,
            _ => null,
        };
        return probe ?? pod.Spec.TerminationGracePeriodSeconds ?? ShortestGraceSeconds;
    }

    private async Task PreStopAsync(
        KillRequest request, ContainerSpec one, LifecycleHandler hook, long grace, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(grace), clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            string? error = await hooks.RunAsync(
                new(hook, request.Pod, one, request.Container.Id, request.PodAddress), both.Token);
            if (error is not null)
            {
                events.Record(
                    PodNames.ReferenceTo(request.Pod, one), "Warning", "FailedPreStopHook", "PreStopHook failed");
            }
        }
        catch (OperationCanceledException)
            when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The hook had the whole grace period.
        }
    }
}

/// <summary>A container that is to end.</summary>
internal sealed record KillRequest
{
    /// <summary>The pod.</summary>
    public required Pod Pod { get; init; }

    /// <summary>The container.</summary>
    public required ContainerPicture Container { get; init; }

    /// <summary>What it was made from; null when nobody knows.</summary>
    public ContainerSpec? Spec { get; init; }

    /// <summary>What the event says; empty for the usual.</summary>
    public string Message { get; init; } = "";

    /// <summary>Why.</summary>
    public KillReason Reason { get; init; }

    /// <summary>The grace period, where it is not the pod's.</summary>
    public long? GraceSeconds { get; init; }

    /// <summary>True when the hook before the end is left out.</summary>
    public bool SkipsHook { get; init; }

    /// <summary>The pod's address, for hooks.</summary>
    public string PodAddress { get; init; } = "127.0.0.1";

    /// <summary>Completes when the container's turn has come; null when it need not wait.</summary>
    public Task? Turn { get; init; }
}
