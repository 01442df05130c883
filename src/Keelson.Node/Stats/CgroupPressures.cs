using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Stats;

/// <summary>How long processes of control groups waited for what they need, as the summary shows it.</summary>
internal sealed class CgroupPressures(MachineFiles files, TimeProvider clock)
{
    private readonly CgroupReader _reader = new(files);
    private readonly DateTimeOffset _now = clock.GetUtcNow();

    /// <summary>Adds those of the machine, and of all pods together.</summary>
    public NodeStats Of(NodeStats node, string podsGroup) => node with
    {
        Pressures = Of(""),
        SystemContainers =
        [
            .. node.SystemContainers.Select(one =>
                one.Name == "pods" && podsGroup.Length > 0 ? one with { Pressures = Of(podsGroup) } : one),
        ],
    };

    /// <summary>Adds those of a pod and its containers.</summary>
    public PodStats Of(PodStats pod, string group) => group.Length == 0 ? pod : pod with
    {
        Pressures = Of(group),
        Containers =
        [
            .. pod.Containers.Select(one => one with { Pressures = Of(_reader.PathOf(group, one.Identity.Name)) }),
        ],
    };

    private Pressures? Of(string group)
    {
        IReadOnlyDictionary<string, PressureStats> found = _reader.Pressures(group);
        return found.Count == 0
            ? null
            : new(
                _now, found.GetValueOrDefault("cpu"), found.GetValueOrDefault("memory"), found.GetValueOrDefault("io"));
    }
}
