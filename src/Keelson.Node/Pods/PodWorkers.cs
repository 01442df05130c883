using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Statuses;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>
/// The workers of all pods on the node. They are woken by changes of pods, by changes in the runtime (listed every
/// second, and told of where the runtime tells), and by time. What the runtime, the volumes or the control groups have
/// of pods that nobody knows is ended and removed.
/// </summary>
internal sealed class PodWorkers : INodePods, IAsyncDisposable
{
    // Groups are looked through each so many lists.
    private const int GroupLooks = 10;

    private static readonly TimeSpan RelistPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RelistThreshold = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndingLook = TimeSpan.FromMilliseconds(50);

    private readonly PodServices _services;
    private readonly PodStatusWriter _writer;
    private readonly ConcurrentDictionary<string, PodWorker> _workers = [];
    private readonly ConcurrentDictionary<string, Task> _orphans = [];
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyDictionary<string, string> _overview = new Dictionary<string, string>();
    private Task _running = Task.CompletedTask;
    private HashSet<string> _idleGroups = [];
    private int _lists;
    private long _listedAt;

    private PodWorkers(PodServices services)
    {
        _services = services;
        _writer = new(services.Context);
    }

    /// <summary>What is wrong with the lists of the runtime; null for nothing. Upstream calls this PLEG.</summary>
    public string? Unhealthy
    {
        get
        {
            if (Interlocked.Read(ref _listedAt) is not (> 0 and long listed))
            {
                return "pleg has yet to be successful";
            }

            TimeSpan silent = _services.Context.Clock.GetElapsedTime(listed);
            return silent < RelistThreshold
                ? null
                : $"pleg was last seen active {GoDuration.Format(silent)} ago; "
                    + $"threshold is {GoDuration.Format(RelistThreshold)}";
        }
    }

    /// <summary>The pods that are here, with their statuses as computed last.</summary>
    public IEnumerable<Pod> Pods => _workers.Values.Where(static one => !one.IsGone).Select(static one => one.Current);

    /// <summary>Starts to work on the pods that are bound to the node.</summary>
    public static PodWorkers Start(PodServices services)
    {
        PodWorkers workers = new(services);
        services.Admission.Pods = workers;
        services.Cgroups.Active = () => workers.Active;
        services.Context.Metrics.Own.BeforeWrite(workers.Count);
        var pods = services.Context.Informers.Of<Pod>();
        pods.Subscribe(workers.OnPod);
        RuntimeEvents events = new(services.Runtime, services.Pictures, services.Context.Clock);
        workers._running = Task.WhenAll(
            Task.Run(() => workers.RelistAsync(pods.Synced)),
            Task.Run(() => events.FollowAsync(uid => workers.Find(uid)?.Wake(), workers._stop.Token)));
        return workers;
    }

    /// <summary>The worker of a pod; null when there is none.</summary>
    public PodWorker? Find(string uid) => _workers.GetValueOrDefault(uid);

    /// <summary>The pods that the node keeps running.</summary>
    public IEnumerable<Pod> Active =>
        _workers.Values.Where(static one => one.IsActive).Select(static one => one.Current);

    /// <summary>True once all pods are known that are to be on the node.</summary>
    public bool IsSettled => _lists > 2;

    /// <inheritdoc/>
    public IEnumerable<Pod> Held =>
        _workers.Values.Where(static one => !one.IsCleanedUp).Select(static one => one.Current);

    /// <inheritdoc/>
    public async Task EndAsync(Pod pod, PodVerdict verdict, CancellationToken cancellationToken)
    {
        _services.Events.Warning(pod, verdict.Reason, verdict.Message);
        Find(pod.Metadata.Uid)?.End(verdict, null);

        // Upstream's bound: half as much again as the pod may take.
        TimeSpan patience = TimeSpan.FromSeconds(Math.Max(10, (pod.Spec.TerminationGracePeriodSeconds ?? 30) * 3 / 2));
        long start = _services.Context.Clock.GetTimestamp();
        while (!IsCleanedUp(pod.Metadata.Uid) && _services.Context.Clock.GetElapsedTime(start) < patience)
        {
            await Task.Delay(EndingLook, _services.Context.Clock, cancellationToken);
        }
    }

    /// <summary>True when nothing of a pod runs or is in place.</summary>
    public bool IsCleanedUp(string uid) => Find(uid) is not { IsCleanedUp: false };

    /// <summary>Removes the containers of pods that are over, which are kept only to be looked at.</summary>
    public async Task RemoveDeadAsync(CancellationToken cancellationToken)
    {
        foreach (string uid in _workers.Where(static one => one.Value.IsCleanedUp).Select(static one => one.Key))
        {
            PodPicture picture = await _services.Pictures.ReadAsync(uid, cancellationToken);
            await _services.Killer.RemoveAsync(picture, cancellationToken);
        }
    }

    /// <summary>Takes up a pod from a file.</summary>
    public void AddStatic(Pod pod) => Add(pod);

    /// <summary>Ends a pod from a file that is gone.</summary>
    public void RemoveStatic(Pod pod) => Find(pod.Metadata.Uid)?.Remove();

    /// <summary>Lets go of the pods; they run on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Task.WhenAll(_orphans.Values);
        foreach (PodWorker one in _workers.Values)
        {
            await one.DisposeAsync();
        }

        await _writer.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Counts the pods for those who ask for metrics.</summary>
    private void Count()
    {
        PodWorkMetrics metrics = _services.Context.Metrics.Pods;
        (NumberMetric, Func<PodWorker, bool>)[] byOrigin =
            [(metrics.Desired, static _ => true), (metrics.Active, static one => one.IsActive)];
        PodWorker[] all = [.. _workers.Values.Where(static one => !one.IsGone)];
        foreach ((NumberMetric metric, Func<PodWorker, bool> counts) in byOrigin)
        {
            int mine = all.Count(one => counts(one) && StaticPods.IsStatic(one.Current));
            metric.Set(mine, "true");
            metric.Set(all.Count(counts) - mine, "");
        }

        metrics.Mirrors.Set(all.Count(static one => StaticPods.IsStatic(one.Current)));
        metrics.Ephemeral.Set(all.Sum(static one => one.Current.Spec.EphemeralContainers.Count));
        metrics.Working.Clear();
        foreach (string lifecycle in (ReadOnlySpan<string>)["sync", "terminating", "terminated"])
        {
            foreach (bool isStatic in (ReadOnlySpan<bool>)[false, true])
            {
                metrics.Working.Set(
                    all.Count(one => LifecycleOf(one) == lifecycle && StaticPods.IsStatic(one.Current) == isStatic),
                    "desired", lifecycle, isStatic ? "true" : "");
            }
        }
    }

    private static string LifecycleOf(PodWorker one) =>
        one.IsActive ? "sync" : one.IsCleanedUp ? "terminated" : "terminating";

    private void OnPod(Pod? old, Pod? now)
    {
        if (old is not null && (now is null || now.Metadata.Uid != old.Metadata.Uid) && IsMine(old))
        {
            if (_workers.TryGetValue(old.Metadata.Uid, out PodWorker? gone))
            {
                gone.Remove();
            }
        }

        if (old is null && now?.Metadata.Annotations.GetValueOrDefault(PodNames.ConfigMirror) is { } mirrored)
        {
            _writer.WriteAgain(mirrored);
        }

        if (now is null || !IsMine(now))
        {
            return;
        }

        if (_workers.TryGetValue(now.Metadata.Uid, out PodWorker? worker))
        {
            worker.Update(now);
        }
        else
        {
            Add(now);
        }
    }

    private void Add(Pod pod)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        PodWorker worker = new(pod, _services, _writer);
        _workers[pod.Metadata.Uid] = worker;
        worker.Completion.ContinueWith(
            _ => Release(pod.Metadata.Uid),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private void Release(string uid)
    {
        if (_workers.TryGetValue(uid, out PodWorker? worker) && worker.IsGone)
        {
            _workers.TryRemove(uid, out _);
        }
    }

    private bool IsMine(Pod pod) =>
        pod.Spec.NodeName == _services.Context.NodeName && !StaticPods.IsMirror(pod);

    private async Task RelistAsync(Task synced)
    {
        using PeriodicTimer timer = new(RelistPeriod, _services.Context.Clock);
        try
        {
            do
            {
                await RelistOnceAsync(synced.IsCompletedSuccessfully);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task RelistOnceAsync(bool isSynced)
    {
        IReadOnlyDictionary<string, string> now;
        PodWorkMetrics metrics = _services.Context.Metrics.Pods;
        try
        {
            long begun = _services.Context.Clock.GetTimestamp();
            now = await _services.Pictures.OverviewAsync(_stop.Token);
            metrics.Relist.Observe(_services.Context.Clock.GetElapsedTime(begun));
            if (Interlocked.Read(ref _listedAt) is > 0 and long before)
            {
                metrics.RelistInterval.Observe(_services.Context.Clock.GetElapsedTime(before));
            }

            Interlocked.Exchange(ref _listedAt, _services.Context.Clock.GetTimestamp());
            metrics.LastSeen.Set(_services.Context.Clock.GetUtcNow().ToUnixTimeSeconds());
        }
        catch (RpcException)
        {
            // It is away; how long that may last, Unhealthy says.
            return;
        }

        foreach (string uid in now.Keys.Union(_overview.Keys))
        {
            if (now.GetValueOrDefault(uid) != _overview.GetValueOrDefault(uid)
                && _workers.TryGetValue(uid, out PodWorker? worker))
            {
                worker.Wake();
            }
        }

        _overview = now;

        // Pods from files are not known to the API; they have been read by the second look at the latest.
        if (isSynced && ++_lists > 2)
        {
            if (_lists == 3)
            {
                // What the last agent gave to pods that are gone by now.
                _services.Placements.Prune(_workers.ContainsKey);
                _services.Resizing.Prune(_workers.ContainsKey);
                _services.Volumes.Settle();
            }

            bool isSweep = false;
            foreach (string uid in now.Keys.Union(_services.Volumes.InPlace()).Union(IdleGroups()))
            {
                if (!_workers.ContainsKey(uid) && !_orphans.ContainsKey(uid))
                {
                    BeginSweep(ref isSweep);
                    _services.Context.Metrics.Pods.Orphans.Count();
                    _orphans[uid] = Task.Run(() => RemoveOrphanAsync(uid));
                }
            }
        }
    }

    /// <summary>Pods that nobody knows and that have a control group, which has been empty for a while: another agent
    /// of this machine makes its pods' groups before there is anything in them.</summary>
    private IEnumerable<string> IdleGroups()
    {
        if (_lists % GroupLooks != 0)
        {
            return [];
        }

        HashSet<string> before = _idleGroups;
        _idleGroups = [.. _services.Cgroups.Idle().Where(uid => !_workers.ContainsKey(uid))];
        return _idleGroups.Intersect(before);
    }

    /// <summary>What was taken apart is counted anew each time that something is found.</summary>
    private void BeginSweep(ref bool hasBegun)
    {
        if (!hasBegun && _orphans.IsEmpty)
        {
            _services.Context.Metrics.Volumes.OrphansCleaned.Set(0);
            _services.Context.Metrics.Volumes.OrphansLeft.Set(0);
        }

        hasBegun = true;
    }

    /// <summary>Ends and removes what is left of a pod that nobody knows.</summary>
    private async Task RemoveOrphanAsync(string uid)
    {
        try
        {
            PodPicture picture = await _services.Pictures.ReadAsync(uid, _stop.Token);
            Pod pod = new()
            {
                Metadata = Api.Meta.V1.ObjectMeta.Empty with { Uid = uid, DeletionGracePeriodSeconds = 1 },
                Spec = new PodSpec(),
            };
            await _services.Killer.KillAsync(pod, picture, 1, _stop.Token);
            PodNames.RemoveLogs(_services.Context.PodLogsDirectory, uid);
            bool hadVolumes = _services.Volumes.InPlace().Contains(uid);
            string? left = await _services.Volumes.TearDownAsync(uid, _stop.Token);
            if (left is not null)
            {
                _services.Context.Log($"orphaned pod {uid}: {left}");
            }

            if (hadVolumes)
            {
                VolumeWorkMetrics volumes = _services.Context.Metrics.Volumes;
                (left is null ? volumes.OrphansCleaned : volumes.OrphansLeft).Add(1);
            }

            if (await _services.Cgroups.TearDownAsync(uid, _stop.Token) is { } group)
            {
                _services.Context.Log($"orphaned pod {uid}: {group}");
            }

            _services.Resizing.Forget(uid);
            _services.Placements.Release(uid);
            if (await _services.Dynamic.UnprepareAsync(uid, _stop.Token) is { } prepared)
            {
                _services.Context.Log($"orphaned pod {uid}: {prepared}");
            }

            await _services.Killer.RemoveAsync(picture, _stop.Token);
        }
        catch (Exception exception) when (exception is RpcException or IOException
            or UnauthorizedAccessException or OperationCanceledException)
        {
            _services.Context.Log($"orphaned pod {uid}: {exception.Message}");
            if (exception is RpcException)
            {
                _services.Events.WarnOfNode(
                    _services.Context.NodeName, "ContainerGCFailed", exception.Message);
            }
        }
        finally
        {
            _orphans.TryRemove(uid, out _);
        }
    }
}
