using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;

namespace Keelson.Cluster.Joining;

/// <summary>Who may do what so that nodes can join: kubeadm's roles, and what our nodes' own parts read.</summary>
internal static class JoiningRights
{
    private const string Group = "rbac.authorization.k8s.io";
    private const string Nodes = "system:nodes";
    private static readonly string[] Follow = ["get", "list", "watch"];

    /// <summary>What a node's pod network, service proxy and policies follow, and what local storage does.</summary>
    public static IReadOnlyList<ClusterRole> ClusterRoles { get; } =
    [
        Role(
            "keelson:node-network",
            Rule("", ["nodes", "pods", "services", "namespaces"], Follow),
            Rule("discovery.k8s.io", ["endpointslices"], Follow),
            Rule("networking.k8s.io", ["networkpolicies", "servicecidrs"], Follow)),
        Role(
            "keelson:node-storage",
            Rule("", ["persistentvolumes"], Follow)),
        Role("keelson:get-nodes", Rule("", ["nodes"], ["get"])),
    ];

    /// <summary>Who has them, and who may ask for certificates that nobody has to look at.</summary>
    public static IReadOnlyList<ClusterRoleBinding> ClusterRoleBindings { get; } =
    [
        Binding("keelson:node-network", "keelson:node-network", Nodes),
        Binding("keelson:node-storage", "keelson:node-storage", Nodes),
        Binding("keelson:get-nodes", "keelson:get-nodes", BootstrapTokens.DefaultGroup),
        Binding("keelson:kubelet-bootstrap", "system:node-bootstrapper", BootstrapTokens.DefaultGroup),
        Binding(
            "keelson:node-autoapprove-bootstrap",
            "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
            BootstrapTokens.DefaultGroup),
        Binding(
            "keelson:node-autoapprove-certificate-rotation",
            "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
            Nodes),
    ];

    /// <summary>Who may read which maps.</summary>
    public static IReadOnlyList<Role> Roles { get; } =
    [
        MapRole(ClusterInfo.Namespace, "keelson:bootstrap-signer-clusterinfo", ClusterInfo.Name),
        MapRole(NodeFacts.Namespace, "keelson:node-facts", NodeFacts.Name),
    ];

    /// <summary>Anybody may read what a node has to see before it can trust anybody.</summary>
    public static IReadOnlyList<RoleBinding> RoleBindings { get; } =
    [
        MapBinding(
            ClusterInfo.Namespace, "keelson:bootstrap-signer-clusterinfo", Subject("User", "system:anonymous")),
        MapBinding(NodeFacts.Namespace, "keelson:node-facts", Subject("Group", Nodes)),
    ];

    private static ClusterRole Role(string name, params PolicyRule[] rules) =>
        new() { Metadata = ObjectMeta.Empty with { Name = name }, Rules = rules };

    private static PolicyRule Rule(string group, string[] resources, string[] verbs) =>
        new() { ApiGroups = new[] { group }, Resources = resources, Verbs = verbs };

    private static ClusterRoleBinding Binding(string name, string role, string group) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        RoleRef = new RoleRef { ApiGroup = Group, Kind = "ClusterRole", Name = role },
        Subjects = new[] { Subject("Group", group) },
    };

    private static Role MapRole(string space, string name, string map) => new()
    {
        Metadata = ObjectMeta.Empty with { Namespace = space, Name = name },
        Rules = new[]
        {
            new PolicyRule
            {
                ApiGroups = new[] { "" },
                Resources = new[] { "configmaps" },
                ResourceNames = new[] { map },
                Verbs = new[] { "get" },
            },
        },
    };

    private static RoleBinding MapBinding(string space, string name, Subject subject) => new()
    {
        Metadata = ObjectMeta.Empty with { Namespace = space, Name = name },
        RoleRef = new RoleRef { ApiGroup = Group, Kind = "Role", Name = name },
        Subjects = new[] { subject },
    };

    private static Subject Subject(string kind, string name) => new() { ApiGroup = Group, Kind = kind, Name = name };
}
