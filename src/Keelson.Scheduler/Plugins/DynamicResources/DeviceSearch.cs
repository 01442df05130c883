using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// Looks for devices of one node for all claims of a pod: one device after the other, each as if it were taken, and
/// back when there is no way on. The first solution counts.
/// </summary>
internal sealed class DeviceSearch
{
    /// <summary>Upstream's <c>AllocationResultsMaxSize</c>.</summary>
    private const int MostDevices = 32;

    /// <summary>So many steps are taken between two looks at the clock.</summary>
    private const int StepsBetweenLooks = 256;

    private readonly DeviceSearchInput _input;
    private readonly IReadOnlyList<NodePool> _pools;
    private readonly SharedCounters _counters;
    private readonly GroupConstraint[][] _constraints;
    private readonly List<ChosenDevice>[] _chosen;
    private readonly Dictionary<(PooledDevice, DeviceNeed), bool> _matches = [];
    private readonly Dictionary<DeviceNeed, List<(DevicePool Pool, PooledDevice Device)>> _all = [];
    private readonly Dictionary<DeviceId, List<int>> _taken = [];
    private readonly Dictionary<DeviceId, Dictionary<string, Quantity>> _shares = [];
    private readonly long _started;
    private int _steps;

    private DeviceSearch(DeviceSearchInput input, Node node, GroupConstraint[][] constraints)
    {
        _input = input;
        _pools = input.Inventory.PoolsOf(node);
        _counters = new(input.InUse);
        _constraints = constraints;
        _chosen = [.. input.Claims.Select(static _ => new List<ChosenDevice>())];
        _started = input.Clock.GetTimestamp();
    }

    /// <summary>How a step of the search ended.</summary>
    private enum Step
    {
        /// <summary>Everything has its devices.</summary>
        Found,

        /// <summary>Not this way.</summary>
        NotFound,

        /// <summary>A claim would get more devices than it may; other devices don't change that.</summary>
        TooMany,

        /// <summary>There is no use in going on: <see cref="Failure"/> says why.</summary>
        Failed,
    }

    /// <summary>What keeps the node from being considered; null when there are just no devices.</summary>
    private DeviceSearchFailure? Failure { get; set; }

    /// <summary>The devices of each claim; null when there are none on the node, or with a failure.</summary>
    public static IReadOnlyList<ChosenDevice>[]? Find(
        DeviceSearchInput input, Node node, out DeviceSearchFailure? failure)
    {
        List<GroupConstraint[]> constraints = [];
        foreach (ClaimNeed claim in input.Claims)
        {
            if (GroupConstraint.Of(claim.Claim.Spec.Devices, out int empty) is not { } own)
            {
                failure = new(FormattableString.Invariant(
                    $"claim {Key(claim)}, constraint #{empty}: empty constraint (unsupported constraint type?)"));
                return null;
            }

            constraints.Add(own);
        }

        DeviceSearch search = new(input, node, [.. constraints]);
        bool isFound = search.Prepare() && search.Request(0, 0) == Step.Found;
        failure = isFound ? null : search.Failure ?? search.InvalidPool();
        return isFound ? search._chosen : null;
    }

    private static string Key(ClaimNeed claim) => $"{claim.Claim.Metadata.Namespace}/{claim.Claim.Metadata.Name}";

    private Step Fail(string message, bool isOfNode = false)
    {
        Failure = new(message, isOfNode);
        return Step.Failed;
    }

    private DeviceSearchFailure? InvalidPool() => _pools.Any(static one => one.Pool.Problem is not null)
        ? new("invalid resource pools were encountered", IsOfNode: true)
        : null;

    /// <summary>Finds out how many "all" devices are, and whether claims ask for more than there can be.</summary>
    private bool Prepare()
    {
        foreach (ClaimNeed claim in _input.Claims)
        {
            long least = 0;
            foreach (DeviceNeed[] request in claim.Requests)
            {
                foreach (DeviceNeed need in request.Where(static one => one.WantsAll))
                {
                    if (!CollectAll(claim, need))
                    {
                        return false;
                    }
                }

                least += request.Min(CountOf);
            }

            if (least > MostDevices)
            {
                Fail(FormattableString.Invariant(
                    $"claim {Key(claim)}: number of requested devices {least} ")
                    + FormattableString.Invariant($"exceeds the claim limit of {MostDevices}"));
                return false;
            }
        }

        return true;
    }

    private bool CollectAll(ClaimNeed claim, DeviceNeed need)
    {
        List<(DevicePool, PooledDevice)> all = [];
        foreach (NodePool pool in _pools)
        {
            string? state = pool.Pool.IsIncomplete ? "being updated" : pool.Pool.Problem is not null ? "invalid" : null;
            if (state is not null)
            {
                Fail($"claim {Key(claim)}, request {need.OwnName}: asks for all devices, "
                    + $"but resource pool {pool.Pool} is currently {state}");
                return false;
            }

            foreach (PooledDevice device in pool.Devices)
            {
                switch (Matches(claim, need, device))
                {
                    case null:
                        return false;
                    case true:
                        all.Add((pool.Pool, device));
                        break;
                }
            }
        }

        _all[need] = all;
        return true;
    }

    private long CountOf(DeviceNeed need) => need.WantsAll ? _all[need].Count : need.Count;

    private bool IsTooLate() => _input.Timeout > TimeSpan.Zero
        && ++_steps % StepsBetweenLooks == 0 && _input.Clock.GetElapsedTime(_started) > _input.Timeout;

    /// <summary>Goes on with a request of a claim, or with the next claim behind the last one.</summary>
    private Step Request(int claim, int request)
    {
        if (claim == _input.Claims.Count)
        {
            return Step.Found;
        }

        DeviceNeed[][] requests = _input.Claims[claim].Requests;
        if (request == requests.Length)
        {
            // With fewer devices for an earlier claim there may be a way.
            Step next = Request(claim + 1, 0);
            return next == Step.TooMany ? Step.NotFound : next;
        }

        bool tooMany = true;
        foreach (DeviceNeed need in requests[request])
        {
            Step step = Device((claim, request), need, 0);
            if (step is Step.Found or Step.Failed)
            {
                return step;
            }

            tooMany &= step == Step.TooMany;
        }

        return tooMany ? Step.TooMany : Step.NotFound;
    }

    /// <summary>Goes on with a device of a request.</summary>
    private Step Device((int Claim, int Request) at, DeviceNeed need, int number)
    {
        if (IsTooLate())
        {
            return Fail("timed out trying to allocate devices", isOfNode: true);
        }

        long count = CountOf(need);
        if (number >= count)
        {
            return need.WantsAll && count == 0 ? Step.NotFound : Request(at.Claim, at.Request + 1);
        }

        if (_chosen[at.Claim].Count + count - number > MostDevices)
        {
            return Step.TooMany;
        }

        if (need.WantsAll)
        {
            (DevicePool pool, PooledDevice device) = _all[need][number];
            return Try(at, need, number, pool, device);
        }

        foreach (NodePool pool in _pools)
        {
            if (pool.Pool.IsIncomplete || pool.Pool.Problem is not null)
            {
                continue;
            }

            foreach (PooledDevice device in pool.Devices)
            {
                if (IsInUse(at.Claim, need, device))
                {
                    continue;
                }

                bool? matches = Matches(_input.Claims[at.Claim], need, device);
                Step step = matches is null ? Step.Failed
                    : matches.Value ? Try(at, need, number, pool.Pool, device)
                    : Step.NotFound;
                if (step != Step.NotFound)
                {
                    return step;
                }
            }
        }

        return Step.NotFound;
    }

    private bool IsInUse(int claim, DeviceNeed need, PooledDevice device)
    {
        List<int>? takenBy = _taken.GetValueOrDefault(device.Id);
        return need.AdminAccess == true ? takenBy?.Contains(claim) == true
            : !device.IsShared && (_input.InUse.Contains(device.Id) || takenBy is { Count: > 0 });
    }

    private bool? Matches(ClaimNeed claim, DeviceNeed need, PooledDevice device)
    {
        if (_matches.TryGetValue((device, need), out bool known))
        {
            return known;
        }

        bool? matches = _input.Selectors.Match(
            need.Class.Spec.Selectors, $"class {need.Class.Metadata.Name}", device, out string? problem);
        if (matches == true)
        {
            matches = _input.Selectors.Match(need.Selectors, $"claim {Key(claim)}", device, out problem);
        }

        if (matches is not { } answer)
        {
            Fail(problem!);
            return null;
        }

        _matches[(device, need)] = answer;
        return answer;
    }

    /// <summary>Goes on as if a device were taken; when that leads nowhere, it is given back.</summary>
    private Step Try((int Claim, int Request) at, DeviceNeed need, int number, DevicePool pool, PooledDevice device)
    {
        Dictionary<string, Quantity>? amount = ConsumableCapacity.Taken(need.Capacity, device.Device);
        Dictionary<string, Quantity>? shares = _shares.GetValueOrDefault(device.Id);
        if (IsInUse(at.Claim, need, device) || IsTainted(need, device) || amount is null
            || !ConsumableCapacity.Fits(
                device.Device, amount, device.IsShared ? _input.InUse.SharesOf(device.Id) : null, shares))
        {
            return Step.NotFound;
        }

        bool counts = need.AdminAccess != true && device.Device.ConsumesCounters.Count > 0;
        if (counts && !_counters.TryTake(pool, device))
        {
            return Step.NotFound;
        }

        GroupConstraint[] constraints = _constraints[at.Claim];
        int agreed = 0;
        while (agreed < constraints.Length && constraints[agreed].TryAdd(need, device))
        {
            agreed++;
        }

        Step step;
        if (agreed == constraints.Length)
        {
            step = Go(at, need, number, new(need, pool, device, device.IsShared ? amount : null));
            if (step == Step.Found)
            {
                return step;
            }
        }
        else
        {
            step = need.WantsAll
                ? Fail($"claim {Key(_input.Claims[at.Claim])}, request {need.OwnName}: cannot add device {device.Id} "
                    + "because a claim constraint would not be satisfied")
                : Step.NotFound;
        }

        for (int i = 0; i < agreed; i++)
        {
            constraints[i].TakeBack(need);
        }

        if (counts)
        {
            _counters.GiveBack(pool, device);
        }

        return step;
    }

    private Step Go((int Claim, int Request) at, DeviceNeed need, int number, ChosenDevice chosen)
    {
        DeviceId id = chosen.Device.Id;
        if (!_taken.TryGetValue(id, out List<int>? takenBy))
        {
            _taken.Add(id, takenBy = []);
        }

        takenBy.Add(at.Claim);
        if (chosen.Share is { } share && need.AdminAccess != true)
        {
            if (!_shares.TryGetValue(id, out Dictionary<string, Quantity>? sum))
            {
                _shares.Add(id, sum = new(StringComparer.Ordinal));
            }

            ConsumableCapacity.Add(sum, share);
        }

        _chosen[at.Claim].Add(chosen);
        Step step = Device(at, need, number + 1);
        if (step == Step.Found)
        {
            return step;
        }

        _chosen[at.Claim].RemoveAt(_chosen[at.Claim].Count - 1);
        takenBy.RemoveAt(takenBy.Count - 1);
        if (chosen.Share is { } given && need.AdminAccess != true)
        {
            ConsumableCapacity.Subtract(_shares[id], given);
        }

        return step;
    }

    private static bool IsTainted(DeviceNeed need, PooledDevice device)
    {
        foreach (DeviceTaint taint in device.Device.Taints)
        {
            if (taint.Effect is DeviceTaintEffect.NoSchedule or DeviceTaintEffect.NoExecute
                && !need.Tolerations.Any(one => DeviceTaints.Tolerates(one, taint)))
            {
                return true;
            }
        }

        return false;
    }
}
