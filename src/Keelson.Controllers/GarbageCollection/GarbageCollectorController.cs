using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>
/// Deletes objects whose owners are all gone, holds owners back that wait for their dependents, and cuts the dependents
/// of orphaning owners loose. The graph says what to look at; before anything is deleted, it and its owners are read
/// live.
/// </summary>
internal sealed class GarbageCollectorController : IController, IOwnershipEffects
{
    // Upstream has 20 workers; more of them share the store's commits, and they cost nothing while they wait.
    private const int Workers = 64;

    private static readonly TimeSpan KindsEvery = TimeSpan.FromSeconds(30);

    private readonly ControllerContext _context;
    private readonly LiveObjects _live;
    private readonly OwnershipGraph _graph;
    private readonly AbsentOwners _absent = new();
    private readonly WorkQueue<OwnershipNode> _deletions;
    private readonly WorkQueue<OwnershipNode> _orphanings;
    private readonly HashSet<ApiKind> _followed = [];

    public GarbageCollectorController(ControllerContext context)
    {
        _context = context;
        _live = new(context.Client, context.Config.Kinds);
        _graph = new(this, _live.IsClusterKind);
        _deletions = new("garbage_collector_attempt_to_delete", context.Clock);
        _orphanings = new("garbage_collector_attempt_to_orphan", context.Clock);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FollowKindsAsync(cancellationToken);
            Task[] workers =
            [
                .. Enumerable.Range(0, Workers).Select(
                    _ => Task.Run(() => WorkAsync(_deletions, LookAtAsync, cancellationToken), CancellationToken.None)),
                .. Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(_orphanings, OrphanAsync, cancellationToken), CancellationToken.None)),
            ];
            using PeriodicTimer timer = new(KindsEvery, _context.Clock);
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    await FollowKindsAsync(cancellationToken);
                }
            }
            finally
            {
                await Task.WhenAll(workers);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    public void Dispose()
    {
        _deletions.Dispose();
        _orphanings.Dispose();
    }

    void IOwnershipEffects.AttemptToDelete(OwnershipNode node) => _deletions.Add(node);

    void IOwnershipEffects.AttemptToOrphan(OwnershipNode node) => _orphanings.Add(node);

    void IOwnershipEffects.Absent(ObjectIdentity identity) => _absent.Add(identity);

    void IOwnershipEffects.InvalidNamespace(ObjectIdentity dependent, OwnerReference reference)
    {
        ObjectReference about = new()
        {
            ApiVersion = dependent.ApiVersion,
            Kind = dependent.Kind,
            Namespace = dependent.Namespace,
            Name = dependent.Name,
            Uid = dependent.Uid,
        };
        ObjectIdentity invalid = Called(reference, dependent.Namespace);
        _context.Events.Record(
            about, "Warning", "OwnerRefInvalidNamespace", $"ownerRef {invalid} does not exist in namespace \"{dependent.Namespace}\"");
    }

    /// <summary>Kinds that the garbage collector does not look at: events have no owners, and what is not stored no
    /// life.</summary>
    private static bool IsFollowed(ApiKind kind) =>
        kind.Stored == kind
        && kind.Info.StoragePrefix.Length > 0
        && kind.Info.Resource != "events"
        && kind.Info.Verbs.Contains("delete")
        && kind.Info.Verbs.Contains("watch");

    private static ObjectIdentity Called(OwnerReference reference, string @namespace) =>
        new(reference.ApiVersion, reference.Kind, @namespace, reference.Name, reference.Uid);

    private async Task FollowKindsAsync(CancellationToken cancellationToken)
    {
        List<Task> synced = [];
        foreach (ApiKind kind in _context.Config.Kinds())
        {
            if (IsFollowed(kind) && _followed.Add(kind))
            {
                synced.Add(Follow(kind));
            }
        }

        await Task.WhenAll(synced).WaitAsync(cancellationToken);
    }

    private Task Follow(ApiKind kind)
    {
        IMetadataFeed feed = _context.Informers.MetadataOf(kind);
        string apiVersion = kind.Info.ApiVersion;
        string name = kind.Info.Kind;
        Dictionary<string, string> namespaces = new(StringComparer.Ordinal);
        feed.Subscribe((old, now) =>
        {
            if (old is not null && (now is null || now.Uid != old.Uid))
            {
                _graph.Remove(old.Uid);
                old = null;
            }

            if (now is not null)
            {
                // Thousands of objects share a namespace; one text serves them all.
                if (!namespaces.TryGetValue(now.Namespace, out string? @namespace))
                {
                    namespaces.Add(now.Namespace, @namespace = now.Namespace);
                }

                _graph.Observe(new(apiVersion, name, @namespace, now.Name, now.Uid), old, now);
            }
        });
        return feed.Synced;
    }

    private async Task WorkAsync(
        WorkQueue<OwnershipNode> queue, Func<OwnershipNode, CancellationToken, Task<bool>> look, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                OwnershipNode node = await queue.TakeAsync(cancellationToken);
                long started = _context.Clock.GetTimestamp();
                bool isDone = false;
                try
                {
                    isDone = await look(node, cancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // A defect must not stop the others; it shows in the log until it is mended.
                    _context.Config.Log($"{_context.Name}: {node.Identity}: {exception}");
                }
                finally
                {
                    queue.Done(node, _context.Clock.GetElapsedTime(started));
                }

                if (isDone)
                {
                    queue.Forget(node);
                }
                else
                {
                    queue.AddFailed(node);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Looks whether an object is to go; false when that could not be found out, or not be done.</summary>
    private async Task<bool> LookAtAsync(OwnershipNode node, CancellationToken cancellationToken)
    {
        if (_graph.Find(node.Identity.Uid) != node)
        {
            return true;
        }

        var (identity, isVirtual, waits, isGoing) = _graph.Read(
            node, static one => (one.Identity, one.IsVirtual, one.WaitsForDependents, one.IsBeingDeleted));
        if (isGoing && !waits)
        {
            return true;
        }

        if (IsClusterDependentOf(identity))
        {
            return true;
        }

        if (!(await _live.ReadAsync(identity, cancellationToken)).TryGet(out ObjectMeta? latest, out Status? error))
        {
            return Failed(identity, error);
        }

        if (latest is null)
        {
            _graph.RemoveAbsent(identity);
            return true;
        }

        if (waits)
        {
            return await HoldBackAsync(node, identity, cancellationToken);
        }

        Status? failed = await CollectAsync(node, identity, latest, cancellationToken);

        // What is there, but not seen yet, is looked for until it is seen.
        return failed is null ? !isVirtual : Failed(identity, failed);
    }

    /// <summary>True for what an object of the cluster calls its owner, though it lives in a namespace: nobody can say
    /// which.</summary>
    private bool IsClusterDependentOf(ObjectIdentity identity) =>
        identity.Namespace.Length == 0
        && _live.TryKind(identity.ApiVersion, identity.Kind, out ApiKind? kind)
        && kind.Info.Namespaced;

    /// <summary>An object that waits for its dependents goes when none of them holds it back any more.</summary>
    private async Task<bool> HoldBackAsync(
        OwnershipNode node, ObjectIdentity identity, CancellationToken cancellationToken)
    {
        int blocking = _graph.Read(node, one =>
        {
            foreach (OwnershipNode dependent in one.Blocking)
            {
                if (!dependent.WaitsForDependents)
                {
                    _deletions.Add(dependent);
                }
            }

            return one.BlockingCount;
        });
        if (blocking > 0)
        {
            return true;
        }

        Status? error = await _live.RemoveFinalizerAsync(
            identity, OwnershipGraph.ForegroundFinalizer, cancellationToken);
        return error is null || Failed(identity, error);
    }

    private async Task<Status?> CollectAsync(
        OwnershipNode node, ObjectIdentity identity, ObjectMeta latest, CancellationToken cancellationToken)
    {
        List<(string Uid, OwnerState State)> owners = [];
        foreach (OwnerReference reference in latest.OwnerReferences.AsEnumerable())
        {
            bool isOutOfReach = identity.Namespace.Length == 0
                && _live.TryKind(reference.ApiVersion, reference.Kind, out ApiKind? kind)
                && kind.Info.Namespaced;
            if (isOutOfReach)
            {
                // An object of the cluster can't be owned by one of a namespace. It is left alone, as nobody knows what
                // is meant.
                return null;
            }

            if (!(await StateAsync(reference, identity.Namespace, cancellationToken)).TryGet(out OwnerState state, out Status? error))
            {
                return error;
            }

            owners.Add((reference.Uid, state));
        }

        var (hasDependents, dependentWaits) = _graph.Read(
            node, static one => (one.Dependents.Count > 0, one.Dependents.Any(static dependent => dependent.WaitsForDependents)));
        CollectionPlan plan = CollectionPlan.Compute(latest, owners, hasDependents, dependentWaits);
        switch (plan.Action)
        {
            case CollectionAction.DropReferences:
                Status? refused = await _live.DropReferencesAsync(identity, plan.DropUids, cancellationToken);
                return refused is { Code: 404 } ? null : refused;
            case CollectionAction.Delete:
                if (plan.Unblocks)
                {
                    if (await _live.UnblockOwnersAsync(identity, cancellationToken) is { } stuck)
                    {
                        return stuck;
                    }

                    // The owners were not changed in what they are, so the deletion may go by the newer version.
                    return (await _live.ReadAsync(identity, cancellationToken)).TryGet(
                        out ObjectMeta? newer, out Status? lost)
                        ? newer is null
                            ? null
                            : await _live.DeleteAsync(identity, newer, plan.Propagation, cancellationToken)
                        : lost;
                }

                return await _live.DeleteAsync(identity, latest, plan.Propagation, cancellationToken);
            default:
                return null;
        }
    }

    private async Task<ApiResult<OwnerState>> StateAsync(
        OwnerReference reference, string @namespace, CancellationToken cancellationToken)
    {
        ObjectIdentity owner = Called(
            reference, _live.IsClusterKind(reference.ApiVersion, reference.Kind) ? "" : @namespace);
        if (_absent.Contains(owner))
        {
            return OwnerState.Dangling;
        }

        if (!(await _live.ReadAsync(owner, cancellationToken)).TryGet(out ObjectMeta? meta, out Status? error))
        {
            return error;
        }

        if (meta is null)
        {
            _absent.Add(owner);
            return OwnerState.Dangling;
        }

        return meta.DeletionTimestamp is not null && meta.Finalizers.Contains(OwnershipGraph.ForegroundFinalizer)
            ? OwnerState.WaitsForDependents
            : OwnerState.Solid;
    }

    /// <summary>Takes the references of an owner's dependents off, then its finalizer.</summary>
    private async Task<bool> OrphanAsync(OwnershipNode node, CancellationToken cancellationToken)
    {
        var (identity, dependents) = _graph.Read(node, static one => (one.Identity, one.Dependents.ToArray()));
        Status?[] errors = await Task.WhenAll(dependents.Select(
            one => _live.DropReferencesAsync(one.Identity, [identity.Uid], cancellationToken)));
        if (errors.FirstOrDefault(static one => one is not (null or { Code: 404 })) is { } failed)
        {
            return Failed(identity, failed);
        }

        Status? error = await _live.RemoveFinalizerAsync(identity, OwnershipGraph.OrphanFinalizer, cancellationToken);
        return error is null || Failed(identity, error);
    }

    private bool Failed(ObjectIdentity identity, Status error)
    {
        if (error.Code is not (409 or 404))
        {
            _context.Config.Log($"{_context.Name}: {identity}: {error.Message}");
        }

        return false;
    }
}
