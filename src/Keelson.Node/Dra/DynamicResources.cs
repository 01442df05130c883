using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Dra;

/// <summary>
/// Has drivers prepare the claims of pods before these start, gives containers what was prepared, and has it undone
/// when the last pod that used it has ended (upstream's DRA manager).
/// </summary>
internal sealed class DynamicResources
{
    // Upstream's defaultReconcilePeriod.
    private static readonly TimeSpan ReconcilePeriod = TimeSpan.FromMinutes(1);

    private readonly NodeContext _context;
    private readonly DraDrivers _drivers;
    private readonly ClaimBatches _batches;
    private readonly ClaimReading _reading;
    private readonly ClaimFile _file;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, PreparedClaim> _claims = new(StringComparer.Ordinal);

    /// <summary>Takes up what the last agent left.</summary>
    public DynamicResources(NodeContext context, DraDrivers drivers)
    {
        _context = context;
        _drivers = drivers;
        _batches = new(drivers);
        _reading = new(context, drivers);
        _file = new(Path.Combine(context.RootDirectory, "dra_manager_state"), context.Log);
        foreach (PreparedClaim one in _file.Read())
        {
            _claims[one.Uid] = one;
        }

        context.Metrics.Own.BeforeWrite(() =>
        {
            lock (_claims)
            {
                context.Metrics.Dra.Count([.. _claims.Values.Select(static one => one.Drivers.Keys)]);
            }
        });
    }

    /// <summary>The claims that a pod uses, by the names that the pod has for them; the one for its extended resources
    /// has none.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ClaimsOf(Pod pod)
    {
        foreach (PodResourceClaim one in pod.Spec.ResourceClaims.AsSpan().ToArray())
        {
            string? made = pod.Status.ResourceClaimStatuses
                .FirstOrDefault(it => it.Name == one.Name)?.ResourceClaimName;
            if ((one.ResourceClaimName ?? made) is { Length: > 0 } name)
            {
                yield return new(one.Name, name);
            }
        }

        if (pod.Status.ExtendedResourceClaimStatus is { ResourceClaimName.Length: > 0 } extended)
        {
            yield return new("", extended.ResourceClaimName);
        }
    }

    /// <summary>Has a pod's claims prepared.</summary>
    /// <returns>Null, or why they can't be.</returns>
    public async Task<string?> PrepareAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (pod.Spec.ResourceClaims.Count == 0 && pod.Status.ExtendedResourceClaimStatus is null)
        {
            return null;
        }

        string? error = await MeasureAsync(
            "PrepareResources", () => PrepareClaimsAsync(pod, cancellationToken), cancellationToken);
        return error is null ? null : "prepare dynamic resources: " + error;
    }

    /// <summary>Adds what was prepared for a container to what it is made from.</summary>
    /// <returns>Null, or what is missing.</returns>
    public string? AddTo(Pod pod, ContainerSpec container, Proto.ContainerConfig config)
    {
        Dictionary<string, string> names = ClaimsOf(pod).ToDictionary(StringComparer.Ordinal);
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach ((string claimName, string request) in WantedBy(pod, container))
        {
            if (!names.TryGetValue(claimName, out string? name))
            {
                continue;
            }

            if (Find(pod, name) is not { } claim)
            {
                return claimName.Length > 0
                    ? "internal error: unable to get claim info for ResourceClaim " + name
                    : $"unable to get claim info for claim {name} in namespace {pod.Metadata.Namespace}";
            }

            foreach (PreparedDevice device in claim.Drivers.Values.SelectMany(static one => one))
            {
                if (Serves(device, request))
                {
                    ids.UnionWith(device.CdiIds);
                }
            }
        }

        config.CDIDevices.AddRange(ids.Select(static one => new Proto.CDIDevice { Name = one }));
        return null;
    }

    /// <summary>The claims that a container uses, as far as they were prepared.</summary>
    public IEnumerable<PreparedClaim> ClaimsOf(Pod pod, ContainerSpec container)
    {
        if (pod.Spec.ResourceClaims.Count == 0 && pod.Status.ExtendedResourceClaimStatus is null)
        {
            return [];
        }

        Dictionary<string, string> names = ClaimsOf(pod).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. WantedBy(pod, container).Select(static one => one.Claim).Distinct(StringComparer.Ordinal)
                .Select(one => names.TryGetValue(one, out string? name) ? Find(pod, name) : null)
                .OfType<PreparedClaim>(),
        ];
    }

    /// <summary>How the devices are that a pod's containers have by claims, by the containers' names.</summary>
    public IEnumerable<KeyValuePair<string, ApiList<ResourceStatus>>> HealthOf(Pod pod)
    {
        if (pod.Spec.ResourceClaims.Count == 0)
        {
            yield break;
        }

        Dictionary<string, string> names = ClaimsOf(pod).ToDictionary(StringComparer.Ordinal);
        foreach (Container container in pod.Spec.Containers.AsSpan().ToArray())
        {
            List<ResourceStatus> statuses = [];
            foreach (Api.Core.V1.ResourceClaim wanted in container.Resources.Claims)
            {
                PreparedClaim? claim = names.TryGetValue(wanted.Name, out string? name) ? Find(pod, name) : null;
                ApiList<ResourceHealth> devices = claim is null ? [] : HealthOf(claim, wanted.Request);
                string resource = wanted.Request.Length > 0
                    ? $"claim:{wanted.Name}/{wanted.Request}"
                    : "claim:" + wanted.Name;
                if (devices.Count > 0 && !statuses.Exists(one => one.Name == resource))
                {
                    statuses.Add(new() { Name = resource, Resources = devices });
                }
            }

            if (statuses.Count > 0)
            {
                yield return new(container.Name, statuses.ToApiList());
            }
        }
    }

    /// <summary>The pods that use devices of a driver.</summary>
    public IReadOnlyList<string> PodsOf(string driver)
    {
        lock (_claims)
        {
            return
            [
                .. _claims.Values.Where(one => one.Drivers.ContainsKey(driver)).SelectMany(static one => one.Pods)
                    .Distinct(),
            ];
        }
    }

    /// <summary>Has what a pod used undone, as far as no other pod uses it.</summary>
    /// <returns>Null, or why it could not be.</returns>
    public async Task<string?> UnprepareAsync(string podUid, CancellationToken cancellationToken)
    {
        lock (_claims)
        {
            if (!_claims.Values.Any(one => one.Pods.Contains(podUid)))
            {
                return null;
            }
        }

        string? error = await MeasureAsync(
            "UnprepareResources", () => UnprepareClaimsAsync(podUid, cancellationToken), cancellationToken);
        return error is null ? null : "unprepare dynamic resources: " + error;
    }

    /// <summary>Gives back, once a minute, what pods have that are not on the node any more: what their own end could
    /// not.</summary>
    /// <param name="isKnown">Whether a pod is on the node; null while that is not known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReconcileAsync(Func<string, bool?> isKnown, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(ReconcilePeriod, _context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await ReconcileOnceAsync(isKnown, cancellationToken);
        }
    }

    /// <summary>The same once.</summary>
    public async Task ReconcileOnceAsync(Func<string, bool?> isKnown, CancellationToken cancellationToken)
    {
        string[] left;
        lock (_claims)
        {
            left =
            [
                .. _claims.Values.SelectMany(static one => one.Pods).Distinct().Where(one => isKnown(one) == false),
            ];
        }

        foreach (string pod in left)
        {
            if (await UnprepareAsync(pod, cancellationToken) is { } error)
            {
                _context.Log($"pod {pod}, which is gone: {error}");
            }
        }
    }

    /// <summary>One operation after the other, each counted; the result is null or why it failed.</summary>
    private async Task<string?> MeasureAsync(
        string operation, Func<Task<string?>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            long begun = _context.Clock.GetTimestamp();
            string? error = await work();
            _context.Metrics.Dra.Done(operation, _context.Clock.GetElapsedTime(begun), error is not null);
            return error;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The claims and requests that a container has, and those that stand for its extended resources.
    /// </summary>
    private static IEnumerable<(string Claim, string Request)> WantedBy(Pod pod, ContainerSpec container) =>
    [
        .. container.Container.Resources.Claims.Select(static one => (one.Name, one.Request)),
        .. (pod.Status.ExtendedResourceClaimStatus?.RequestMappings ?? [])
            .Where(one => one.ContainerName == container.Name).Select(static one => ("", one.RequestName)),
    ];

    /// <summary>A request with alternatives is met by one of them: <c>request/alternative</c>.</summary>
    private static bool Serves(PreparedDevice device, string request) =>
        request.Length == 0 || device.Requests.Count == 0
            || device.Requests.Any(one => one.Split('/')[0] == request);

    private ApiList<ResourceHealth> HealthOf(PreparedClaim claim, string request) => claim.Drivers
        .OrderBy(static one => one.Key, StringComparer.Ordinal)
        .SelectMany(driver => driver.Value.Where(one => Serves(one, request)).Select(device =>
            _drivers.Healths.Of(driver.Key, device.Pool, device.Name) with
            {
                ResourceID = device.CdiIds.Count > 0 ? device.CdiIds[0] : $"{driver.Key}/{device.Pool}/{device.Name}",
            }))
        .DistinctBy(static one => one.ResourceID)
        .ToApiList();

    private PreparedClaim? Find(Pod pod, string name)
    {
        lock (_claims)
        {
            return _claims.Values.FirstOrDefault(one =>
                one.Name == name && one.Namespace == pod.Metadata.Namespace
                && one.Pods.Contains(pod.Metadata.Uid));
        }
    }

    /// <summary>Nothing is noted before all is there that is needed: a pod that could not begin must be able to go,
    /// whatever its drivers do.</summary>
    private async Task<string?> PrepareClaimsAsync(Pod pod, CancellationToken cancellationToken)
    {
        (IReadOnlyList<PreparedClaim> wanted, string? unfit) = await _reading.ReadAsync(pod, cancellationToken);
        if (unfit is not null)
        {
            return unfit;
        }

        List<PreparedClaim> asked = [];
        foreach (PreparedClaim claim in wanted)
        {
            if (Note(pod, claim) is { } old)
            {
                return $"old ResourceClaim with same name {claim.Name} and different UID {old} still exists "
                    + "(previous pod force-deleted?!)";
            }

            if (_claims[claim.Uid] is { IsPrepared: false } noted)
            {
                asked.Add(noted);
            }
        }

        (IReadOnlyList<PreparedClaim> prepared, string? failed) = await _batches.PrepareAsync(asked, cancellationToken);
        foreach (PreparedClaim one in prepared)
        {
            Keep(one);
        }

        return failed;
    }

    /// <summary>Notes that a pod uses a claim, before drivers are asked: what they began must be undone whatever
    /// happens. The result is the uid of another claim of the same name that is in the way.</summary>
    private string? Note(Pod pod, PreparedClaim claim)
    {
        lock (_claims)
        {
            PreparedClaim? known = _claims.Values.FirstOrDefault(one =>
                one.Name == claim.Name && one.Namespace == claim.Namespace);
            if (known is not null && known.Uid != claim.Uid)
            {
                return known.Uid;
            }

            known ??= claim;
            if (!known.Pods.Contains(pod.Metadata.Uid))
            {
                _claims[claim.Uid] = known with { Pods = [.. known.Pods, pod.Metadata.Uid] };
                _file.Write(_claims.Values);
            }

            return null;
        }
    }

    private async Task<string?> UnprepareClaimsAsync(string podUid, CancellationToken cancellationToken)
    {
        PreparedClaim[] mine;
        lock (_claims)
        {
            mine = [.. _claims.Values.Where(one => one.Pods.Contains(podUid))];
        }

        foreach (PreparedClaim shared in mine.Where(static one => one.Pods.Count > 1))
        {
            Keep(shared with { Pods = [.. shared.Pods.Where(one => one != podUid)] });
        }

        PreparedClaim[] last = [.. mine.Where(static one => one.Pods.Count == 1)];
        if (await _batches.UnprepareAsync(last, cancellationToken) is { } error)
        {
            return error;
        }

        lock (_claims)
        {
            foreach (PreparedClaim one in last)
            {
                _claims.Remove(one.Uid);
            }

            _file.Write(_claims.Values);
        }

        return null;
    }

    private void Keep(PreparedClaim claim)
    {
        lock (_claims)
        {
            _claims[claim.Uid] = claim;
            _file.Write(_claims.Values);
        }
    }
}
