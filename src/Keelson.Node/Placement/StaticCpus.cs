using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Placement;

/// <summary>
/// The CPU policy <c>static</c>: containers of guaranteed pods that ask for whole processors get them for themselves;
/// all others share the rest.
/// </summary>
internal sealed class StaticCpus : IPlacementProvider
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Pod, string Container), SortedSet<int>> _given = [];
    private readonly Dictionary<string, SortedSet<int>> _reusable = new(StringComparer.Ordinal);
    private readonly CpuTopology _topology;
    private readonly SortedSet<int> _reserved;
    private readonly PlacementFile _file;
    private readonly CpuOptions _options;

    /// <summary>Takes up what the last agent left.</summary>
    /// <param name="topology">The machine's processors.</param>
    /// <param name="reserved">Those that are nobody's alone.</param>
    /// <param name="options">Options of the policy.</param>
    /// <param name="file">The checkpoint.</param>
    /// <exception cref="NodeAgentException">The checkpoint is not of this policy.</exception>
    public StaticCpus(
        CpuTopology topology,
        IEnumerable<int> reserved,
        IReadOnlyDictionary<string, string> options,
        PlacementFile file)
    {
        _topology = topology;
        _reserved = [.. reserved];
        _file = file;
        _options = CpuOptions.Of(options);
        JsonObject? state = file.Read();
        if (state?["policyName"]?.ToString() is { } policy and not "static")
        {
            throw new NodeAgentException(
                $"could not restore state from checkpoint: configured policy \"static\" differs from state "
                + $"checkpoint policy \"{policy}\", please drain this node and delete the CPU manager checkpoint file "
                + "\"cpu_manager_state\" before restarting Kubelet");
        }

        foreach ((string pod, string container, JsonNode value) in PlacementFile.Entries(state))
        {
            _given[(pod, container)] = CpuSet.Parse(value.ToString());
        }
    }

    /// <summary>The processors that containers without any of their own run on.</summary>
    public SortedSet<int> Shared
    {
        get
        {
            lock (_gate)
            {
                return SharedNow();
            }
        }
    }

    /// <summary>Where requests are counted; null for nowhere.</summary>
    public PlacementMetrics? Metrics { get; init; }

    /// <summary>The processors that can be given at all.</summary>
    public IEnumerable<int> Allocatable =>
        _topology.Cpus.Select(static one => one.Id).Where(one => !_reserved.Contains(one));

    /// <summary>The processors that a container has for itself; null when it has none.</summary>
    public IReadOnlyCollection<int>? Of(string podUid, string container)
    {
        lock (_gate)
        {
            return _given.GetValueOrDefault((podUid, container));
        }
    }

    /// <summary>How many processors a container gets for itself.</summary>
    public static int CountOf(Pod pod, Container container)
    {
        if (PodResourceConfigs.QosOf(pod) != PodQOSClass.Guaranteed)
        {
            return 0;
        }

        Quantity asked = container.Resources.Requests.GetValueOrDefault("cpu");
        return asked.MilliValue % 1000 == 0 ? (int)asked.Value : 0;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Holders
    {
        get
        {
            lock (_gate)
            {
                return [.. _given.Keys.Select(static one => one.Pod).Distinct()];
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<TopologyHint>?> HintsOf(Pod pod, IReadOnlyList<ContainerSpec> containers)
    {
        int count = (int)PlacementSum.Of(containers, one => CountOf(pod, one));
        if (count == 0)
        {
            return [];
        }

        lock (_gate)
        {
            if (containers is [var only] && _given.TryGetValue((pod.Metadata.Uid, only.Name), out var given))
            {
                NumaMask there = NumaMask.Of(_topology.Cpus.Where(it => given.Contains(it.Id)).Select(it => it.Numa));
                return [[new TopologyHint(there, true)]];
            }

            HashSet<int> free = [.. FreeNow(), .. _reusable.GetValueOrDefault(pod.Metadata.Uid) ?? []];
            int fewest = NumaMask.Subsets(_topology.NumaNodes)
                .Where(mask => _topology.Cpus.Count(it => mask.Has(it.Numa)) >= count)
                .Select(static mask => mask.Count).DefaultIfEmpty(int.MaxValue).Min();
            return
            [
                [
                    .. NumaMask.Subsets(_topology.NumaNodes)
                        .Where(mask => _topology.Cpus.Count(it => mask.Has(it.Numa) && free.Contains(it.Id)) >= count)
                        .Select(mask => new TopologyHint(mask, mask.Count == fewest || IsOneSocket(mask, count))),
                ],
            ];
        }
    }

    /// <summary>Where NUMA nodes of a socket count as close: whether these are of no more sockets than needed.
    /// </summary>
    private bool IsOneSocket(NumaMask mask, int count)
    {
        if (!_options.AlignsBySocket)
        {
            return false;
        }

        int[] sizes = [.. _topology.Cpus.CountBy(static one => one.Socket).Select(static one => one.Value)];
        int needed = (count + sizes.Max() - 1) / sizes.Max();
        return _topology.Cpus.Where(one => mask.Has(one.Numa)).Select(static one => one.Socket).Distinct().Count()
            == needed;
    }

    /// <summary>Shows how processors are given, to those who ask for metrics.</summary>
    public void Show()
    {
        lock (_gate)
        {
            int[] given = [.. _given.Values.SelectMany(static one => one).Distinct()];
            Metrics?.CpuExclusive.Set(given.Length);
            Metrics?.CpuShared.Set(SharedNow().Count * 1000);
            foreach (int node in _topology.NumaNodes)
            {
                Metrics?.CpuPerNuma.Set(
                    _topology.Cpus.Count(one => one.Numa == node && given.Contains(one.Id)),
                    node.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <inheritdoc/>
    public Task<PodVerdict?> AllocateAsync(
        Pod pod, ContainerSpec one, NumaMask? affinity, CancellationToken cancellationToken) =>
        Task.FromResult(Allocate(pod, one, affinity));

    /// <inheritdoc/>
    public Task<string?> AddToAsync(
        Pod pod, ContainerSpec one, Proto.ContainerConfig config, CancellationToken cancellationToken)
    {
        config.Linux.Resources.CpusetCpus = CpuSet.Format(Of(pod.Metadata.Uid, one.Name) ?? Shared);
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public void Release(string podUid)
    {
        lock (_gate)
        {
            (string, string)[] mine = [.. _given.Keys.Where(one => one.Pod == podUid)];
            foreach ((string, string) one in mine)
            {
                _given.Remove(one);
            }

            _reusable.Remove(podUid);
            if (mine.Length > 0)
            {
                Save();
            }
        }
    }

    private PodVerdict? Allocate(Pod pod, ContainerSpec one, NumaMask? affinity)
    {
        int count = CountOf(pod, one.Container);
        lock (_gate)
        {
            string uid = pod.Metadata.Uid;
            if (count == 0 || _given.ContainsKey((uid, one.Name)))
            {
                return null;
            }

            Metrics?.CpuRequests.Count();
            SortedSet<int> free = FreeNow();
            SortedSet<int> reusable = _reusable.GetValueOrDefault(uid) ?? [];
            free.UnionWith(reusable);
            if (Misaligned(count, free) is { } misaligned)
            {
                Metrics?.CpuErrors.Count();
                Metrics?.NotAligned.Count(PlacementMetrics.WholeCores, PlacementMetrics.OfContainer);
                return new("SMTAlignmentError", misaligned);
            }

            // What init containers of the pod had is taken first.
            int reused = Math.Min(count, reusable.Count);
            IReadOnlyList<int>? first = CpuPick.Take(_topology, reusable, reused, affinity, _options);
            IReadOnlyList<int>? rest = CpuPick.Take(
                _topology, free.Except(first ?? []).ToHashSet(), count - reused, affinity, _options);
            if (first is null || rest is null)
            {
                Metrics?.CpuErrors.Count();
                return PlacementSum.Unexpected(
                    $"not enough cpus available to satisfy request: requested={count}, available={free.Count}");
            }

            SortedSet<int> given = [.. first, .. rest];
            _given[(uid, one.Name)] = given;
            reusable.ExceptWith(given);
            if (one.Role == ContainerRole.Init)
            {
                reusable.UnionWith(given);
            }

            _reusable[uid] = reusable;
            Save();
            CountAligned(given);
            return null;
        }
    }

    private void CountAligned(SortedSet<int> given)
    {
        if (_options.OnlyFullCores)
        {
            Metrics?.Aligned.Count(PlacementMetrics.WholeCores, PlacementMetrics.OfContainer);
        }

        if (_options.PrefersCaches && _topology.Cpus.Where(one => given.Contains(one.Id))
            .Select(static one => (one.Socket, one.Cache)).Distinct().Count() == 1)
        {
            Metrics?.Aligned.Count(PlacementMetrics.OneCache, PlacementMetrics.OfContainer);
        }
    }

    private string? Misaligned(int count, SortedSet<int> free)
    {
        int perCore = _topology.CpusPerCore;
        if (!_options.OnlyFullCores)
        {
            return null;
        }

        if (count % perCore != 0)
        {
            return $"SMT Alignment Error: requested {count} cpus not multiple cpus per core = {perCore}";
        }

        int whole = perCore * _topology.Cpus.Where(one => free.Contains(one.Id))
            .GroupBy(static one => (one.Socket, one.Core)).Count(one => one.Count() == perCore);
        return whole >= count ? null
            : "SMT Alignment Error: not enough free physical CPUs: "
                + $"available physical CPUs = {whole}, requested CPUs = {count}, CPUs per core = {perCore}";
    }

    private SortedSet<int> FreeNow()
    {
        SortedSet<int> free = SharedNow();
        free.ExceptWith(_reserved);
        return free;
    }

    private SortedSet<int> SharedNow()
    {
        SortedSet<int> shared = [.. _topology.Cpus.Select(static one => one.Id)];
        foreach (SortedSet<int> one in _given.Values)
        {
            shared.ExceptWith(one);
        }

        if (_options.IsStrict)
        {
            shared.ExceptWith(_reserved);
        }

        return shared;
    }

    private void Save() => _file.Write(new JsonObject
    {
        ["policyName"] = "static",
        ["defaultCpuSet"] = CpuSet.Format(SharedNow()),
        ["entries"] = PlacementFile.ToJson(_given.Select(static one =>
            (one.Key.Pod, one.Key.Container, (JsonNode)CpuSet.Format(one.Value)))),
    });
}
