using Keelson.Api.Core.V1;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Nodes;
using static Keelson.Server.Tests.Authorization.RbacAuthorizerTests;

namespace Keelson.Server.Tests.Authorization;

public sealed class NodeAuthorizerTests
{
    private const string Unrelated = "no relationship found between node 'n1' and this object";

    private readonly NodeGraph graph = new();

    [Fact]
    public void A_node_reaches_what_its_pods_name_and_nothing_else()
    {
        graph.Set(Pod("p", "n1"));
        AssertReaches("n1", true);
        AssertReaches("n2", false);
        Assert.Equal(Unrelated, Authorize("n1", "get", "secrets", "other").Reason);
        Assert.False(Authorize("n1", "get", "secrets", "s-env", "elsewhere").IsAllowed);
        Assert.Equal("No Object name found", Authorize("n1", "list", "secrets", "").Reason);
        Assert.Equal("can only read resources of this type", Authorize("n1", "delete", "secrets", "s-env").Reason);
        Assert.Equal(
            "can only get individual resources of this type",
            Authorize("n1", "list", "persistentvolumeclaims", "data").Reason);

        void AssertReaches(string node, bool allowed)
        {
            foreach (var (verb, resource, name) in new[]
            {
                ("get", "pods", "p"), ("get", "secrets", "s-env"), ("watch", "secrets", "s-pull"),
                ("list", "secrets", "s-volume"), ("get", "secrets", "s-projected"), ("get", "secrets", "s-init"),
                ("get", "configmaps", "c-from"), ("get", "persistentvolumeclaims", "data"),
                ("get", "persistentvolumeclaims", "p-scratch"), ("get", "resourceclaims.resource.k8s.io", "gpu-x7f"),
                ("create", "serviceaccounts/token", "bot"), ("patch", "persistentvolumeclaims/status", "data"),
            })
            {
                Assert.True(allowed == Authorize(node, verb, resource, name).IsAllowed, $"{verb} {resource} {name}");
            }
        }
    }

    [Fact]
    public void What_two_pods_name_is_reached_until_both_are_gone()
    {
        graph.Set(Pod("p", "n1"));
        graph.Set(Pod("q", "n1"));
        graph.RemovePod("ns", "p");
        Assert.True(Authorize("n1", "get", "secrets", "s-env").IsAllowed);
        graph.RemovePod("ns", "q");
        Assert.False(Authorize("n1", "get", "secrets", "s-env").IsAllowed);
    }

    [Fact]
    public void A_volume_and_its_secrets_are_reached_through_the_claim()
    {
        graph.Set(new PersistentVolume
        {
            Metadata = Named("pv"),
            Spec = new()
            {
                ClaimRef = new() { Namespace = "ns", Name = "data" },
                PersistentVolumeSource = new()
                {
                    Csi = new()
                    {
                        NodeStageSecretRef = new() { Namespace = "csi", Name = "stage" },
                        ControllerPublishSecretRef = new() { Namespace = "csi", Name = "controller" },
                    },
                },
            },
        });
        Assert.False(Authorize("n1", "get", "persistentvolumes", "pv", "").IsAllowed);
        graph.Set(Pod("p", "n1"));
        Assert.True(Authorize("n1", "get", "persistentvolumes", "pv", "").IsAllowed);
        Assert.True(Authorize("n1", "get", "secrets", "stage", "csi").IsAllowed);
        Assert.False(Authorize("n1", "get", "secrets", "controller", "csi").IsAllowed);
        Assert.False(Authorize("n2", "get", "secrets", "stage", "csi").IsAllowed);
        graph.RemovePersistentVolume("pv");
        Assert.False(Authorize("n1", "get", "secrets", "stage", "csi").IsAllowed);
    }

    [Fact]
    public void A_mirror_pod_gives_access_to_itself_only()
    {
        var pod = Pod("p", "n1");
        graph.Set(pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = Machinery.Values.ApiMap<string>.FromUnsorted([new("kubernetes.io/config.mirror", "x")]),
            },
        });
        Assert.True(Authorize("n1", "get", "pods", "p").IsAllowed);
        Assert.False(Authorize("n1", "get", "secrets", "s-env").IsAllowed);
    }

    [Theory]
    [InlineData("get", "nodes", "n1", "", null)]
    [InlineData("get", "nodes", "n2", "", "node 'n1' cannot read 'n2', only its own Node object")]
    [InlineData("list", "nodes", "", "", "node 'n1' cannot read all nodes, only its own Node object")]
    [InlineData("patch", "nodes/status", "n1", "", null)]
    [InlineData("delete", "nodes", "n1", "", "")]
    [InlineData("list", "pods", "", "", "can only list/watch pods with spec.nodeName field selector")]
    [InlineData("list", "pods", "", "spec.nodeName=n1", null)]
    [InlineData("list", "pods", "", "spec.nodeName=n2", "can only list/watch pods with spec.nodeName field selector")]
    [InlineData("list", "pods", "", "spec.nodeName!=n1", "can only list/watch pods with spec.nodeName field selector")]
    [InlineData("create", "pods/eviction", "p", "", null)]
    [InlineData("update", "csinodes.storage.k8s.io", "n1", "", null)]
    [InlineData("update", "csinodes.storage.k8s.io", "n2", "",
        "can only access CSINode with the same name as the requesting node")]
    [InlineData("list", "csinodes.storage.k8s.io", "", "",
        "can only get, create, update, patch, or delete a CSINode")]
    [InlineData("get", "volumeattachments.storage.k8s.io", "va1", "", null)]
    [InlineData("get", "volumeattachments.storage.k8s.io", "va2", "", Unrelated)]
    [InlineData("create", "serviceaccounts", "bot", "", "can only create token subresource of serviceaccount")]
    [InlineData("list", "services", "", "", null)]
    [InlineData("list", "endpoints", "", "", "")]
    public void Each_resource_has_its_own_rule(
        string verb, string resource, string name, string fieldSelector, string? refusal)
    {
        graph.SetVolumeAttachment("va1", "n1");
        graph.SetVolumeAttachment("va2", "n2");
        var decision = Authorize("n1", verb, resource, name, "ns", fieldSelector);
        Assert.Equal(refusal is null, decision.IsAllowed);
        Assert.Equal(refusal ?? "", decision.Reason);
    }

    [Theory]
    [InlineData("kube-node-lease", "n1", "update", null)]
    [InlineData("kube-node-lease", "n2", "update",
        "can only access node lease with the same name as the requesting node")]
    [InlineData("kube-node-lease", "", "create", null)]
    [InlineData("ns", "n1", "get", "can only access leases in the \"kube-node-lease\" system namespace")]
    [InlineData("kube-node-lease", "", "list", "can only get, create, update, patch, or delete a node lease")]
    public void A_node_has_its_own_lease(string objectNamespace, string name, string verb, string? refusal)
    {
        var decision = Authorize("n1", verb, "leases.coordination.k8s.io", name, objectNamespace);
        Assert.Equal((refusal is null, refusal ?? ""), (decision.IsAllowed, decision.Reason));
    }

    [Fact]
    public void Only_members_of_the_nodes_group_are_nodes()
    {
        graph.Set(Pod("p", "n1"));
        var attributes = new AuthorizationAttributes
        {
            User =
                new UserInfo { Name = "system:node:n1" }, Verb = "get", Resource = "pods", Namespace = "ns", Name = "p",
        };
        Assert.Equal(AuthorizationDecision.NoOpinion, new NodeAuthorizer(graph, []).Authorize(attributes));
        var nameless = attributes with { User = new UserInfo { Name = "system:node:", Groups = ["system:nodes"] } };
        Assert.Equal(
            "unknown node for user \"system:node:\"", new NodeAuthorizer(graph, []).Authorize(nameless).Reason);
    }

    private AuthorizationDecision Authorize(
        string node, string verb, string resource, string name, string objectNamespace = "ns", string fields = "")
    {
        var (withSubresource, group) = resource.Split('.', 2) is [var first, var rest] ? (first, rest) : (resource, "");
        var parts = withSubresource.Split('/');
        var attributes = new AuthorizationAttributes
        {
            User = new UserInfo { Name = $"system:node:{node}", Groups = ["system:nodes", "system:authenticated"] },
            Verb = verb, ApiGroup = group, Resource = parts[0], Subresource = parts.Length > 1 ? parts[1] : "",
            Namespace = objectNamespace, Name = name,
        };
        return new NodeAuthorizer(graph, [Rule("get,list,watch;;services;")])
            .Authorize(attributes.WithSelectors(fields, ""));
    }

    private static Pod Pod(string name, string node) => new()
    {
        Metadata = Named(name, "ns") with { Uid = "uid-" + name },
        Spec = new()
        {
            NodeName = node,
            ServiceAccountName = "bot",
            ImagePullSecrets = [new() { Name = "s-pull" }],
            InitContainers = [new() { EnvFrom = [new() { SecretRef = new() { LocalObjectReference = new() { Name = "s-init" } } }] }],
            Containers =
            [
                new()
                {
                    Env = [new() { ValueFrom = new() { SecretKeyRef = new() { LocalObjectReference = new() { Name = "s-env" } } } }],
                    EnvFrom = [new() { ConfigMapRef = new() { LocalObjectReference = new() { Name = "c-from" } } }],
                },
            ],
            Volumes =
            [
                new() { Name = "a", VolumeSource = new() { Secret = new() { SecretName = "s-volume" } } },
                new() { Name = "b", VolumeSource = new() { PersistentVolumeClaim = new() { ClaimName = "data" } } },
                new() { Name = "scratch", VolumeSource = new() { Ephemeral = new() } },
                new()
                {
                    Name = "c",
                    VolumeSource = new()
                    {
                        Projected = new()
                        {
                            Sources =
                                [new() { Secret = new() { LocalObjectReference = new() { Name = "s-projected" } } }],
                        },
                    },
                },
            ],
            ResourceClaims = [new() { Name = "gpu", ResourceClaimTemplateName = "t" }],
        },
        Status = new() { ResourceClaimStatuses = [new() { Name = "gpu", ResourceClaimName = "gpu-x7f" }] },
    };
}
