using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Nodes;

/// <summary>What a node's status is computed from.</summary>
internal sealed record NodeStatusInput
{
    /// <summary>The agent's settings.</summary>
    public required NodeAgentConfig Config { get; init; }

    /// <summary>The machine.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>The node's addresses, the primary first.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>The runtime and its version: <c>containerd://1.7.24</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>What the runtime says of itself; null when it does not answer.</summary>
    public Proto.StatusResponse? RuntimeStatus { get; init; }

    /// <summary>Why the runtime is not well; none when it is.</summary>
    public IReadOnlyList<string> RuntimeErrors { get; init; } = [];

    /// <summary>The images that are here, the largest first.</summary>
    public IReadOnlyList<Proto.Image> Images { get; init; } = [];

    /// <summary>Where the kubelet's server listens; 0 for nowhere.</summary>
    public int Port { get; init; }

    /// <summary>For each resource of devices how many there are, and how many of them can be used.</summary>
    public IReadOnlyDictionary<string, (int Capacity, int Allocatable)> Devices { get; init; } =
        new Dictionary<string, (int, int)>();

    /// <summary>True when extended resources of the status before mean nothing any more: nothing is left on the machine
    /// of an agent that told them.</summary>
    public bool ResetsExtended { get; init; }

    /// <summary>The attached volumes that pods use; null when nobody knows yet.</summary>
    public IReadOnlyList<string>? VolumesInUse { get; init; }

    /// <summary>What the node is short of.</summary>
    public NodePressure Pressure { get; init; }

    /// <summary>True while the node shuts down.</summary>
    public bool IsShuttingDown { get; init; }

    /// <summary>The time.</summary>
    public required Time Now { get; init; }
}

/// <summary>What a node can be short of.</summary>
[Flags]
internal enum NodePressure
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Memory.</summary>
    Memory = 1,

    /// <summary>Room on disks.</summary>
    Disk = 2,

    /// <summary>Process ids.</summary>
    Processes = 4,
}

/// <summary>The status that a node reports. Pure.</summary>
internal static class NodeStatuses
{
    private const int MostImageNames = 5;

    /// <summary>The status, over the one before, whose other conditions and extended resources stay.</summary>
    public static NodeStatus Compute(NodeStatusInput input, NodeStatus before)
    {
        ApiMap<Quantity> capacity = NodeResources.Capacity(input.Machine, input.Config);
        ApiMap<Quantity> allocatable = NodeResources.Allocatable(capacity, input.Config);
        foreach (KeyValuePair<string, Quantity> one in before.Capacity)
        {
            if (one.Key.Contains('/', StringComparison.Ordinal) && !capacity.ContainsKey(one.Key))
            {
                Quantity all = input.ResetsExtended && ResourceRules.IsExtended(one.Key)
                    ? Quantity.FromValue(0)
                    : one.Value;
                capacity = capacity.With(one.Key, all);
                allocatable = allocatable.With(one.Key, all);
            }
        }

        foreach ((string name, (int all, int usable)) in input.Devices)
        {
            capacity = capacity.With(name, Quantity.FromValue(all));
            allocatable = allocatable.With(name, Quantity.FromValue(usable));
        }

        return before with
        {
            Capacity = capacity,
            Allocatable = allocatable,
            Addresses = Addresses(input),
            DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = input.Port } },
            NodeInfo = MachineFacts.SystemInfo(input.Runtime, input.Config.Version),
            Images = Images(input.Images, input.Config.StatusImagesMax),
            Conditions = Conditions(input, before.Conditions),
            RuntimeHandlers = Handlers(input.RuntimeStatus),
            DeclaredFeatures = DeclaredFeatures.All,
            VolumesInUse = input.VolumesInUse?.ToApiList() ?? before.VolumesInUse,
            Features = input.RuntimeStatus?.Features is { } features
                ? new NodeFeatures { SupplementalGroupsPolicy = features.SupplementalGroupsPolicy }
                : null,
        };
    }

    /// <summary>True when a status differs in more than the times of its conditions' heartbeats.</summary>
    public static bool HasChanged(NodeStatus before, NodeStatus now) => !Still(before).Equals(Still(now));

    private static NodeStatus Still(NodeStatus status) => status with
    {
        Conditions = status.Conditions.Map(static one => one with { LastHeartbeatTime = default }),
    };

    private static ApiList<NodeAddress> Addresses(NodeStatusInput input)
    {
        List<NodeAddress> addresses =
        [
            .. input.Addresses.Select(static one => new NodeAddress { Type = "InternalIP", Address = one.ToString() }),
        ];
        addresses.Add(new() { Type = "Hostname", Address = input.Config.HostName });
        return addresses.ToApiList();
    }

    private static ApiList<ContainerImage> Images(IReadOnlyList<Proto.Image> images, int most) => images
        .OrderByDescending(static one => one.Size)
        .Take(most < 0 ? int.MaxValue : most)
        .Select(static one => new ContainerImage
        {
            Names = one.RepoDigests.Concat(one.RepoTags).Take(MostImageNames).ToApiList(),
            SizeBytes = (long)one.Size,
        })
        .ToApiList();

    private static ApiList<NodeRuntimeHandler> Handlers(Proto.StatusResponse? status) => status is null
        ? default
        : status.RuntimeHandlers.Select(static one => new NodeRuntimeHandler
        {
            Name = one.Name,
            Features = one.Features is { } features
                ? new NodeRuntimeHandlerFeatures
                {
                    RecursiveReadOnlyMounts = features.RecursiveReadOnlyMounts,
                    UserNamespaces = features.UserNamespaces,
                }
                : null,
        }).ToApiList();

    private static ApiList<NodeCondition> Conditions(NodeStatusInput input, ApiList<NodeCondition> before)
    {
        List<NodeCondition> wanted =
        [
            Pressure(
                input.Pressure.HasFlag(NodePressure.Memory),
                "MemoryPressure",
                ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
                ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")),
            Pressure(
                input.Pressure.HasFlag(NodePressure.Disk),
                "DiskPressure",
                ("KubeletHasDiskPressure", "kubelet has disk pressure"),
                ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")),
            Pressure(
                input.Pressure.HasFlag(NodePressure.Processes),
                "PIDPressure",
                ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
                ("KubeletHasSufficientPID", "kubelet has sufficient PID available")),
            Ready(input),
        ];
        List<NodeCondition> conditions = [];
        foreach (NodeCondition one in before)
        {
            if (!wanted.Exists(it => it.Type == one.Type))
            {
                conditions.Add(one);
            }
        }

        foreach (NodeCondition one in wanted)
        {
            NodeCondition? earlier = before.FirstOrDefault(it => it.Type == one.Type);
            conditions.Add(one with
            {
                LastHeartbeatTime = input.Now,
                LastTransitionTime = earlier?.Status == one.Status ? earlier.LastTransitionTime : input.Now,
            });
        }

        return conditions.ToApiList();
    }

    private static NodeCondition Pressure(
        bool isShort, string type, (string Reason, string Message) bad, (string Reason, string Message) good) => new()
    {
        Type = type,
        Status = isShort ? "True" : "False",
        Reason = isShort ? bad.Reason : good.Reason,
        Message = isShort ? bad.Message : good.Message,
    };

    private static NodeCondition Ready(NodeStatusInput input)
    {
        List<string> errors = [.. input.RuntimeErrors];
        foreach (Proto.RuntimeCondition one in input.RuntimeStatus?.Status?.Conditions ?? [])
        {
            if (!one.Status && one.Type == "NetworkReady")
            {
                errors.Add(
                    $"container runtime network not ready: {one.Type}=false reason:{one.Reason} message:{one.Message}");
            }
            else if (!one.Status && one.Type == "RuntimeReady")
            {
                errors.Add($"container runtime status check may not have completed yet: {one.Message}");
            }
        }

        if (input.IsShuttingDown)
        {
            errors.Add("node is shutting down");
        }

        bool isReady = errors.Count == 0;
        string message = errors.Count > 1 ? "[" + string.Join(", ", errors) + "]" : string.Concat(errors);
        return new()
        {
            Type = "Ready",
            Status = isReady ? "True" : "False",
            Reason = isReady ? "KubeletReady" : "KubeletNotReady",
            Message = isReady ? "kubelet is posting ready status" : message,
        };
    }
}
