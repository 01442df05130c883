using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The desired contents and behaviour of a pod.</summary>
[ApiType("io.k8s.api.core.v1.PodSpec")]
public sealed partial record PodSpec
{
    /// <summary>Volumes that the containers of this pod may mount. Names must be unique within the pod.</summary>
    [Field(1, List = ListType.Map, Keys = "name", PatchStrategy = "merge,retainKeys", MergeKey = "name")]
    public partial ApiList<Volume> Volumes { get; init; }

    /// <summary>
    /// Containers that run one after another, each to successful completion, before the app containers start. One
    /// with restartPolicy Always is a sidecar: it is started in order, keeps running, and stops after the app
    /// containers. Names must be unique among all containers of the pod; the list cannot be altered later.
    /// </summary>
    [Field(20, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<Container> InitContainers { get; init; }

    /// <summary>
    /// The app containers of the pod, started in parallel after initialization. At least one is required, names
    /// must be unique, and containers can be neither added nor removed after creation.
    /// </summary>
    [Field(
        2,
        Always = true,
        Required = true,
        List = ListType.Map,
        Keys = "name",
        PatchStrategy = "merge",
        MergeKey = "name")]
    public partial ApiList<Container> Containers { get; init; }

    /// <summary>
    /// Temporary containers added to a running pod for debugging. They can only be added through the
    /// ephemeralcontainers subresource, never at creation, and cannot be removed or altered afterwards.
    /// </summary>
    [Field(34, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<EphemeralContainer> EphemeralContainers { get; init; }

    /// <summary>
    /// What the kubelet does when a container ends: Always restarts it, OnFailure restarts it only after a nonzero
    /// exit code, Never leaves it stopped. Defaults to Always; immutable.
    /// </summary>
    [Field(3, Enum = typeof(RestartPolicy))]
    public partial string RestartPolicy { get; init; }

    /// <summary>
    /// Seconds the containers get between the stop signal and being killed, including the time spent in preStop
    /// hooks. Defaults to 30; 0 kills at once. A delete request may override it.
    /// </summary>
    [Field(4)]
    public partial long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>
    /// Seconds, counted from the start time of the pod, after which it is marked Failed and its containers are
    /// killed. Must be a positive integer; once set it can only be lowered. No limit by default.
    /// </summary>
    [Field(5)]
    public partial long? ActiveDeadlineSeconds { get; init; }

    /// <summary>
    /// How name resolution of the containers is set up: ClusterFirst (the default) asks the cluster DNS,
    /// ClusterFirstWithHostNet does so for pods on the host network, Default inherits the settings of the node,
    /// None takes everything from dnsConfig.
    /// </summary>
    [Field(6, Enum = typeof(DNSPolicy))]
    public partial string DnsPolicy { get; init; }

    /// <summary>
    /// Labels that a node must carry, with exactly these values, for the pod to be placed on it. Immutable once the
    /// pod is scheduled; while scheduling gates are present entries can be added.
    /// </summary>
    [Field(7, Atomic = true)]
    public partial ApiMap<string> NodeSelector { get; init; }

    /// <summary>
    /// Name of the service account in the same namespace whose identity the pod uses towards the API server.
    /// Defaults to the account called default; immutable.
    /// </summary>
    [Field(8)]
    public partial string ServiceAccountName { get; init; }

    /// <summary>Deprecated alias of serviceAccountName; both are kept at the same value.</summary>
    [Field(9)]
    public partial string ServiceAccount { get; init; }

    /// <summary>
    /// Whether a token of the service account is mounted into the containers. Takes precedence over the setting of
    /// the same name on the service account; when neither is set the token is mounted.
    /// </summary>
    [Field(21)]
    public partial bool? AutomountServiceAccountToken { get; init; }

    /// <summary>
    /// Node that runs the pod. Empty until the scheduler binds the pod; if given at creation the scheduler is
    /// bypassed and the kubelet of that node takes the pod directly. Cannot be changed once set.
    /// </summary>
    [Field(10)]
    public partial string NodeName { get; init; }

    /// <summary>
    /// Runs the pod in the network namespace of the node, so that it shares its addresses and ports. Every
    /// container port then also has to be free on the node. Defaults to false.
    /// </summary>
    [Field(11)]
    public partial bool HostNetwork { get; init; }

    /// <summary>
    /// Lets the containers see and signal the processes of the node by sharing its PID namespace. Defaults to
    /// false.
    /// </summary>
    [Field(12)]
    public partial bool HostPID { get; init; }

    /// <summary>Shares the IPC namespace of the node with the containers. Defaults to false.</summary>
    [Field(13)]
    public partial bool HostIPC { get; init; }

    /// <summary>
    /// Puts all containers of the pod in one process namespace, so that they see each other's processes and the
    /// first process of a container is no longer PID 1. Cannot be combined with hostPID. Defaults to false.
    /// </summary>
    [Field(27)]
    public partial bool? ShareProcessNamespace { get; init; }

    /// <summary>
    /// Security settings that apply to the whole pod and serve as defaults for its containers. A value set on a
    /// container wins over the one given here.
    /// </summary>
    [Field(14)]
    public partial PodSecurityContext? SecurityContext { get; init; }

    /// <summary>
    /// Secrets in the same namespace that hold registry credentials for pulling the images of this pod. Those of
    /// the service account are used when the list is empty.
    /// </summary>
    [Field(15, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<LocalObjectReference> ImagePullSecrets { get; init; }

    /// <summary>Host name of the pod, a DNS label. Defaults to the name of the pod.</summary>
    [Field(16)]
    public partial string Hostname { get; init; }

    /// <summary>
    /// When set, the fully qualified host name is hostname.subdomain.namespace.svc.cluster-domain. It is resolvable
    /// if a headless service of that name selects the pod.
    /// </summary>
    [Field(17)]
    public partial string Subdomain { get; init; }

    /// <summary>
    /// Rules that attract the pod to, or keep it away from, nodes and the neighbourhood of other pods.
    /// </summary>
    [Field(18)]
    public partial Affinity? Affinity { get; init; }

    /// <summary>Scheduler that is responsible for this pod. Defaults to default-scheduler.</summary>
    [Field(19)]
    public partial string SchedulerName { get; init; }

    /// <summary>
    /// Taints the pod puts up with, so that it may be placed on, or stay on, nodes carrying them. Entries may be
    /// added to an existing pod, but not removed.
    /// </summary>
    [Field(22, List = ListType.Atomic)]
    public partial ApiList<Toleration> Tolerations { get; init; }

    /// <summary>Extra lines for the hosts file of the containers. Each address may occur only once.</summary>
    [Field(23, List = ListType.Map, Keys = "ip", PatchStrategy = "merge", MergeKey = "ip")]
    public partial ApiList<HostAlias> HostAliases { get; init; }

    /// <summary>
    /// PriorityClass that determines the priority of the pod. system-node-critical and system-cluster-critical are
    /// the two highest. If empty, the global default class applies, or priority 0 when there is none.
    /// </summary>
    [Field(24)]
    public partial string PriorityClassName { get; init; }

    /// <summary>
    /// Numeric priority; pods with higher values are scheduled first and may evict lower ones. It is filled in from
    /// the priority class at admission and must not contradict it.
    /// </summary>
    [Field(25)]
    public partial int? Priority { get; init; }

    /// <summary>
    /// Name servers, search domains and resolver options that are merged with what dnsPolicy produces. Mandatory
    /// name server entries when dnsPolicy is None.
    /// </summary>
    [Field(26)]
    public partial PodDNSConfig? DnsConfig { get; init; }

    /// <summary>
    /// Additional conditions that have to be True in the status of the pod before it counts as ready. They are set
    /// by controllers outside the kubelet.
    /// </summary>
    [Field(28, List = ListType.Atomic)]
    public partial ApiList<PodReadinessGate> ReadinessGates { get; init; }

    /// <summary>
    /// RuntimeClass that selects the container runtime configuration for this pod. The pod fails to run when no
    /// such class exists; when empty the default handler of the runtime is used.
    /// </summary>
    [Field(29)]
    public partial string? RuntimeClassName { get; init; }

    /// <summary>
    /// Whether the addresses of the services in the namespace are injected as environment variables in the style of
    /// Docker links. Defaults to true.
    /// </summary>
    [Field(30)]
    public partial bool? EnableServiceLinks { get; init; }

    /// <summary>
    /// Whether the pod may evict pods of lower priority to make room for itself: PreemptLowerPriority (the default)
    /// or Never. Taken from the priority class.
    /// </summary>
    [Field(31, Enum = typeof(PreemptionPolicy))]
    public partial string? PreemptionPolicy { get; init; }

    /// <summary>
    /// Resources the sandbox itself needs on top of the containers. Copied from the RuntimeClass at admission, must
    /// not be set by hand, and is counted in scheduling and quota.
    /// </summary>
    [Field(32)]
    public partial ApiMap<Quantity> Overhead { get; init; }

    /// <summary>
    /// Rules for distributing pods evenly over topology domains such as zones or nodes. All of them must hold
    /// together.
    /// </summary>
    [Field(
        33,
        List = ListType.Map,
        Keys = "topologyKey,whenUnsatisfiable",
        PatchStrategy = "merge",
        MergeKey = "topologyKey")]
    public partial ApiList<TopologySpreadConstraint> TopologySpreadConstraints { get; init; }

    /// <summary>
    /// Uses the fully qualified name as the host name inside the containers instead of the first label only. Has no
    /// effect when the pod has no fully qualified name. Defaults to false.
    /// </summary>
    [Field(35)]
    public partial bool? SetHostnameAsFQDN { get; init; }

    /// <summary>
    /// Operating system the pod is meant for. When set, fields that make no sense on that system are rejected and
    /// kubelets of other systems refuse to run the pod.
    /// </summary>
    [Field(36)]
    public partial PodOS? Os { get; init; }

    /// <summary>
    /// Whether the containers use the user namespace of the node. False gives the pod a user namespace of its own,
    /// in which root is an unprivileged user outside; this excludes the other host namespaces. Defaults to true.
    /// </summary>
    [Field(37)]
    public partial bool? HostUsers { get; init; }

    /// <summary>
    /// Obstacles that keep the scheduler from considering the pod until all of them have been removed. They can be
    /// set only at creation and later only be taken away.
    /// </summary>
    [Field(38, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<PodSchedulingGate> SchedulingGates { get; init; }

    /// <summary>
    /// Resource claims, of devices for example, that must be allocated and reserved before the pod may start.
    /// Containers refer to them by name; immutable.
    /// </summary>
    [Field(39, List = ListType.Map, Keys = "name", PatchStrategy = "merge,retainKeys", MergeKey = "name")]
    public partial ApiList<PodResourceClaim> ResourceClaims { get; init; }

    /// <summary>
    /// Requests and limits for the pod as a whole, which its containers share. Limited to cpu, memory and huge
    /// pages; they take precedence over the sum over the containers where both are given.
    /// </summary>
    [Field(40)]
    public partial ResourceRequirements? Resources { get; init; }

    /// <summary>
    /// Host name to use verbatim instead of one derived from hostname, subdomain and the pod name; at most 64
    /// characters in DNS subdomain form. Cannot be combined with hostNetwork or setHostnameAsFQDN and does not
    /// create DNS records.
    /// </summary>
    [Field(41)]
    public partial string? HostnameOverride { get; init; }

    /// <summary>
    /// The group of pods this pod is scheduled together with. Needs the GenericWorkload feature gate; immutable.
    /// </summary>
    [Field(43)]
    public partial PodSchedulingGroup? SchedulingGroup { get; init; }
}
