using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Dra.Protos;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Dra;

/// <summary>
/// Has drivers prepare the claims of pods before these start, gives containers what was prepared, and has it undone
/// when the last pod that used it has ended (upstream's DRA manager).
/// </summary>
internal sealed class DynamicResources
{
    private readonly NodeContext _context;
    private readonly DraDrivers _drivers;
    private readonly ClaimFile _file;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, PreparedClaim> _claims = new(StringComparer.Ordinal);

    /// <summary>Takes up what the last agent left.</summary>
    public DynamicResources(NodeContext context, DraDrivers drivers)
    {
        _context = context;
        _drivers = drivers;
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

        return await MeasureAsync("PrepareResources", async () =>
        {
            foreach (KeyValuePair<string, string> one in ClaimsOf(pod))
            {
                if (await PrepareAsync(pod, one.Value, cancellationToken) is { } error)
                {
                    return error;
                }
            }

            return null;
        }, cancellationToken);
    }

    /// <summary>Adds what was prepared for a container to what it is made from.</summary>
    public void AddTo(Pod pod, ContainerSpec container, Proto.ContainerConfig config)
    {
        Dictionary<string, string> names = ClaimsOf(pod).ToDictionary(StringComparer.Ordinal);
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach ((string claimName, string request) in WantedBy(pod, container))
        {
            PreparedClaim? claim = names.TryGetValue(claimName, out string? name) ? Find(pod, name) : null;
            foreach (PreparedDevice device in claim?.Drivers.Values.SelectMany(static one => one) ?? [])
            {
                if (Serves(device, request))
                {
                    ids.UnionWith(device.CdiIds);
                }
            }
        }

        config.CDIDevices.AddRange(ids.Select(static one => new Proto.CDIDevice { Name = one }));
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

        return await MeasureAsync("UnprepareResources", async () =>
        {
            string? error = null;
            foreach (PreparedClaim claim in _claims.Values.Where(one => one.Pods.Contains(podUid)).ToArray())
            {
                error ??= claim.Pods.Count > 1
                    ? Keep(claim with { Pods = [.. claim.Pods.Where(one => one != podUid)] })
                    : await UndoAsync(claim, cancellationToken);
            }

            return error;
        }, cancellationToken);
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

    private async Task<string?> PrepareAsync(Pod pod, string name, CancellationToken cancellationToken)
    {
        ApiResult<Claim> read = await _context.Client.GetAsync<Claim>(
            pod.Metadata.Namespace, name, cancellationToken);
        if (!read.TryGet(out Claim? claim, out Status? missing))
        {
            return $"fetch ResourceClaim {name}: {missing.Message}";
        }

        string uid = pod.Metadata.Uid;
        if (!claim.Status.ReservedFor.Any(one => one.Uid == uid) || claim.Status.Allocation is not { } allocation)
        {
            return $"pod {pod.Metadata.Name} ({uid}) is not allowed to use ResourceClaim {name} "
                + $"({claim.Metadata.Uid})";
        }

        PreparedClaim known = _claims.GetValueOrDefault(claim.Metadata.Uid) ?? new PreparedClaim
        {
            Namespace = claim.Metadata.Namespace,
            Name = name,
            Uid = claim.Metadata.Uid,
            Drivers = allocation.Devices.Results.Select(static one => one.Driver).Distinct()
                .ToDictionary(static one => one, static _ => (IReadOnlyList<PreparedDevice>)[]),
        };
        if (!known.Pods.Contains(uid))
        {
            // Noted before drivers are asked: what they began must be undone whatever happens.
            known = known with { Pods = [.. known.Pods, uid] };
            Keep(known);
        }

        return known.IsPrepared ? null : await AskAsync(known, cancellationToken);
    }

    private async Task<string?> AskAsync(PreparedClaim claim, CancellationToken cancellationToken)
    {
        Dictionary<string, IReadOnlyList<PreparedDevice>> drivers = new(StringComparer.Ordinal);
        foreach (string driver in claim.Drivers.Keys)
        {
            try
            {
                NodePrepareResourcesResponse answer = await _drivers.CallAsync(
                    driver,
                    DraDrivers.Prepare,
                    new NodePrepareResourcesRequest { Claims = { ToProto(claim) } },
                    cancellationToken);
                if (!answer.Claims.TryGetValue(claim.Uid, out NodePrepareResourceResponse? prepared))
                {
                    return "NodePrepareResources skipped 1 ResourceClaims";
                }

                if (prepared.Error.Length > 0)
                {
                    return $"NodePrepareResources failed for ResourceClaim {claim.Name}: {prepared.Error}";
                }

                drivers[driver] =
                [
                    .. prepared.Devices.Select(static one => new PreparedDevice(
                        [.. one.RequestNames], one.PoolName, one.DeviceName, [.. one.CdiDeviceIds])
                    {
                        ShareId = one.HasShareId ? one.ShareId : null,
                    }),
                ];
            }
            catch (RpcException exception)
            {
                return $"NodePrepareResources: {exception.Status.Message}";
            }
        }

        return Keep(claim with { Drivers = drivers, IsPrepared = true });
    }

    private async Task<string?> UndoAsync(PreparedClaim claim, CancellationToken cancellationToken)
    {
        foreach (string driver in claim.Drivers.Keys)
        {
            try
            {
                NodeUnprepareResourcesResponse answer = await _drivers.CallAsync(
                    driver,
                    DraDrivers.Unprepare,
                    new NodeUnprepareResourcesRequest { Claims = { ToProto(claim) } },
                    cancellationToken);
                if (answer.Claims.TryGetValue(claim.Uid, out NodeUnprepareResourceResponse? undone)
                    && undone.Error.Length > 0)
                {
                    return $"NodeUnprepareResources failed for ResourceClaim {claim.Name}: {undone.Error}";
                }
            }
            catch (RpcException exception)
            {
                return $"NodeUnprepareResources: {exception.Status.Message}";
            }
        }

        lock (_claims)
        {
            _claims.Remove(claim.Uid);
            _file.Write(_claims.Values);
        }

        return null;
    }

    private string? Keep(PreparedClaim claim)
    {
        lock (_claims)
        {
            _claims[claim.Uid] = claim;
            _file.Write(_claims.Values);
        }

        return null;
    }

    private static Protos.Claim ToProto(PreparedClaim claim) =>
        new() { Namespace = claim.Namespace, Name = claim.Name, Uid = claim.Uid };
}
