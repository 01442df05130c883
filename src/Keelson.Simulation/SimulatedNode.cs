using System.Globalization;
using System.Net;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Simulation;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>What a simulated node can be in.</summary>
internal enum SimulatedNodeCondition
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>It is switched off: its pods don't run on.</summary>
    Stopped,

    /// <summary>It works, but nobody hears of it.</summary>
    Partitioned,
}

/// <summary>A simulated node: its place in the cluster and its object.</summary>
/// <param name="Index">Its number, from zero.</param>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record SimulatedNode(int Index, string Name, SimulatedNodeShape Shape)
{
    /// <summary>
    /// By this annotation a node is stopped or partitioned: <c>Stopped</c>, <c>Partitioned</c>; anything else lets it
    /// run.
    /// </summary>
    public const string StateAnnotation = "simulation.keelson.dev/state";

    private const string LeaseNamespace = "kube-node-lease";
    private const string WebSockets = "ExtendWebSocketsToKubelet";

    // In order.
    private static readonly string[] Declared =
        ["InPlacePodLevelResourcesVerticalScaling", "RestartAllContainersOnContainerExits"];

    private static readonly NodeAddress HostName = new() { Type = "Hostname", Address = "localhost" };

    /// <summary>The node's address: 172.16.0.0/12 has room for a million.</summary>
    public string Address => string.Create(
        CultureInfo.InvariantCulture, $"172.{16 + (Index >> 16)}.{(Index >> 8) & 255}.{Index & 255}");

    /// <summary>
    /// Where the node's kubelet is reached: an address of this machine's own, by which the one server of all simulated
    /// nodes knows which of them is meant. Services must not have such addresses, so it is not the node's own.
    /// </summary>
    public string KubeletAddress => string.Create(
        CultureInfo.InvariantCulture, $"127.{16 + (Index >> 16)}.{(Index >> 8) & 255}.{Index & 255}");

    /// <summary>The number of the node whose kubelet is at an address; null for no such address.</summary>
    public static int? IndexAt(IPAddress address) =>
        address.GetAddressBytes() is [127, >= 16 and var high, var middle, var low]
            ? ((high - 16) << 16) | (middle << 8) | low
            : null;

    /// <summary>The range of its pods, of 100.64.0.0/10.</summary>
    public string PodRange =>
        string.Create(CultureInfo.InvariantCulture, $"100.{64 + ((Index >> 8) & 63)}.{Index & 255}.");

    /// <summary>What a node's annotation makes of it.</summary>
    public static SimulatedNodeCondition ConditionOf(Node? node) =>
        node is not null && node.Metadata.Annotations.TryGetValue(StateAnnotation, out string? text)
        && Enum.TryParse(text, out SimulatedNodeCondition condition)
            ? condition
            : SimulatedNodeCondition.Running;

    /// <summary>The object as the node registers itself.</summary>
    public Node Register(int kubeletPort, Time now) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = Name, Labels = Labels() },
        Status = Report(NodeStatus.Empty, kubeletPort, now),
    };

    /// <summary>The status that the node reports.</summary>
    public NodeStatus Report(NodeStatus old, int kubeletPort, Time now)
    {
        ApiMap<Quantity> resources = ApiMap<Quantity>.From(
        [
            new("cpu", Quantity.Parse(Shape.Cpu)),
            new("memory", Quantity.Parse(Shape.Memory)),
            new("ephemeral-storage", Quantity.Parse(Shape.EphemeralStorage)),
            new("pods", Quantity.FromValue(Shape.Pods)),
            .. Shape.Extended.Select(
                static one => new KeyValuePair<string, Quantity>(one.Key, Quantity.Parse(one.Value))),
        ]);

        // Extended resources that somebody patched onto the node stay.
        foreach (KeyValuePair<string, Quantity> one in old.Capacity)
        {
            resources = resources.ContainsKey(one.Key) ? resources : resources.With(one.Key, one.Value);
        }

        return old with
        {
            Capacity = resources,
            Allocatable = resources,
            Addresses = kubeletPort == 0
                ? [InternalAddress(), HostName]
                : [InternalAddress(), HostName, new NodeAddress { Type = "InternalDNS", Address = KubeletAddress }],
            DeclaredFeatures = kubeletPort == 0 ? Declared : [WebSockets, .. Declared],
            DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = kubeletPort } },
            Conditions = Conditions(old.Conditions, now),
            NodeInfo = new NodeSystemInfo
            {
                MachineID = Name,
                SystemUUID = Name,
                BootID = Name,
                KernelVersion = "6.1.0",
                OsImage = "Simulated",
                ContainerRuntimeVersion = "simulated://1.0",
                KubeletVersion = "v1.36.2",
                OperatingSystem = "linux",
                Architecture = "amd64",
            },
        };
    }

    /// <summary>The lease by which the node shows that it lives.</summary>
    public Lease Lease(Node node, DateTimeOffset now) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = Name,
            Namespace = LeaseNamespace,
            OwnerReferences =
                [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = Name, Uid = node.Metadata.Uid }],
        },
        Spec = new LeaseSpec { HolderIdentity = Name, LeaseDurationSeconds = 40, RenewTime = new MicroTime(now) },
    };

    private NodeAddress InternalAddress() => new() { Type = "InternalIP", Address = Address };

    private ApiMap<string> Labels()
    {
        List<KeyValuePair<string, string>> labels =
        [
            new("kubernetes.io/hostname", Name),
            new("kubernetes.io/os", "linux"),
            new("kubernetes.io/arch", "amd64"),
            new("beta.kubernetes.io/os", "linux"),
            new("beta.kubernetes.io/arch", "amd64"),
            .. Shape.Labels,
        ];
        if (Shape.Zones.Count > 0)
        {
            labels.Add(new("topology.kubernetes.io/zone", Shape.Zones[Index % Shape.Zones.Count]));
        }

        return ApiMap<string>.FromUnsorted(labels);
    }

    private static ApiList<NodeCondition> Conditions(ApiList<NodeCondition> old, Time now)
    {
        (string Type, string Status, string Reason, string Message)[] wanted =
        [
            ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        ];
        List<NodeCondition> conditions = [.. old.Where(one => wanted.All(it => it.Type != one.Type))];
        foreach ((string type, string status, string reason, string message) in wanted)
        {
            NodeCondition? before = old.FirstOrDefault(one => one.Type == type);
            conditions.Add(new NodeCondition
            {
                Type = type,
                Status = status,
                Reason = reason,
                Message = message,
                LastHeartbeatTime = now,
                LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now,
            });
        }

        return conditions.ToApiList();
    }
}
