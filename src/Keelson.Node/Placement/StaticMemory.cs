using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Placement;

/// <summary>The memory policy <c>Static</c>: containers of guaranteed pods get their memory from NUMA nodes that have
/// it left.</summary>
internal sealed class StaticMemory : IPlacementProvider
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Pod, string Container), (NumaMask Nodes, long Bytes)> _given = [];
    private readonly IReadOnlyDictionary<int, long> _capacity;
    private readonly PlacementFile _file;

    /// <summary>Takes up what the last agent left.</summary>
    /// <param name="capacity">Bytes that can be given, by NUMA node.</param>
    /// <param name="file">The checkpoint.</param>
    public StaticMemory(IReadOnlyDictionary<int, long> capacity, PlacementFile file)
    {
        _capacity = capacity;
        _file = file;
        foreach ((string pod, string container, JsonNode value) in PlacementFile.Entries(file.Read()))
        {
            _given[(pod, container)] = (
                NumaMask.Of(CpuSet.Parse(value["numaAffinity"]!.ToString())),
                long.Parse(value["size"]!.ToString(), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Bytes that can be given, by NUMA node.</summary>
    public IReadOnlyDictionary<int, long> Capacity => _capacity;

    /// <summary>What a container was given; null for none.</summary>
    public (NumaMask Nodes, long Bytes)? Of(string podUid, string container)
    {
        lock (_gate)
        {
            return _given.TryGetValue((podUid, container), out (NumaMask, long) given) ? given : null;
        }
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
        long bytes = PlacementSum.Of(containers, one => BytesOf(pod, one));
        return bytes == 0 ? []
            : containers is [var only] && Of(pod.Metadata.Uid, only.Name) is { } given
                ? [[new TopologyHint(given.Nodes, true)]]
                : [Hints(bytes)];
    }

    /// <inheritdoc/>
    public Task<PodVerdict?> AllocateAsync(
        Pod pod, ContainerSpec one, NumaMask? affinity, CancellationToken cancellationToken)
    {
        long bytes = BytesOf(pod, one.Container);
        lock (_gate)
        {
            if (bytes == 0 || _given.ContainsKey((pod.Metadata.Uid, one.Name)))
            {
                return Task.FromResult<PodVerdict?>(null);
            }

            NumaMask? nodes = affinity is { } wanted && FreeOf(wanted) >= bytes ? wanted
                : Hints(bytes).OrderByDescending(static it => it.IsPreferred).FirstOrDefault().Affinity;
            if (nodes is not { } found)
            {
                return Task.FromResult<PodVerdict?>(PlacementSum.Unexpected(
                    "[memorymanager] failed to get the default NUMA affinity, no NUMA nodes with enough memory is "
                    + "available"));
            }

            _given[(pod.Metadata.Uid, one.Name)] = (found, bytes);
            Save();
            return Task.FromResult<PodVerdict?>(null);
        }
    }

    /// <inheritdoc/>
    public Task<string?> AddToAsync(
        Pod pod, ContainerSpec one, Proto.ContainerConfig config, CancellationToken cancellationToken)
    {
        if (Of(pod.Metadata.Uid, one.Name) is { } given)
        {
            config.Linux.Resources.CpusetMems = CpuSet.Format(given.Nodes.Nodes);
        }

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

            if (mine.Length > 0)
            {
                Save();
            }
        }
    }

    private static long BytesOf(Pod pod, Container container) =>
        PodResourceConfigs.QosOf(pod) == PodQOSClass.Guaranteed
            ? container.Resources.Requests.GetValueOrDefault("memory").Value
            : 0;

    private List<TopologyHint> Hints(long bytes)
    {
        int[] nodes = [.. _capacity.Keys.Order()];
        int fewest = NumaMask.Subsets(nodes)
            .Where(mask => mask.Nodes.Sum(one => _capacity[one]) >= bytes)
            .Select(static mask => mask.Count).DefaultIfEmpty(int.MaxValue).Min();
        lock (_gate)
        {
            return
            [
                .. NumaMask.Subsets(nodes).Where(mask => FreeOf(mask) >= bytes)
                    .Select(mask => new TopologyHint(mask, mask.Count == fewest)),
            ];
        }
    }

    /// <summary>Bytes that are left on nodes: none where some of them are used together with others.</summary>
    private long FreeOf(NumaMask mask)
    {
        long free = mask.Nodes.Sum(one => _capacity.GetValueOrDefault(one));
        foreach ((NumaMask nodes, long bytes) in _given.Values)
        {
            bool overlaps = (nodes.Bits & mask.Bits) != 0;
            if (overlaps && nodes != mask && (nodes.Count > 1 || mask.Count > 1))
            {
                return 0;
            }

            free -= overlaps ? bytes : 0;
        }

        return free;
    }

    private void Save() => _file.Write(new JsonObject
    {
        ["policyName"] = "Static",
        ["entries"] = PlacementFile.ToJson(_given.Select(static one => (
            one.Key.Pod,
            one.Key.Container,
            (JsonNode)new JsonObject
            {
                ["numaAffinity"] = CpuSet.Format(one.Value.Nodes.Nodes),
                ["type"] = "memory",
                ["size"] = one.Value.Bytes,
            }))),
    });
}
