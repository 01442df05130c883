using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using ApiNode = Keelson.Api.Core.V1.Node;

namespace Keelson.Nodes.Tests.Pods;

/// <summary>What a node asks of pods, and who makes room for critical ones.</summary>
public sealed class NodePredicatesTests
{
    private static readonly ApiNode Node = new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "node-1",
            Labels = ApiMap<string>.From(
                [KeyValuePair.Create("disk", "ssd"), KeyValuePair.Create("kubernetes.io/os", "linux")]),
        },
    };

    [Fact]
    public void A_pod_that_wants_a_taken_port_is_refused()
    {
        Pod web = WithPort("web", 80);
        Assert.Equal(
            ("NodePorts",
                "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"),
            Failed(WithPort("other", 80), Node, web));
        Assert.Null(Failed(WithPort("other", 81), Node, web));
        Assert.Null(Failed(WithPort("other", 80, protocol: "UDP"), Node, web));
        Assert.Null(Failed(WithPort("other", 80, "10.0.0.1"), Node, WithPort("web", 80, "10.0.0.2")));
        Assert.Equal("NodePorts", Failed(WithPort("other", 80, "10.0.0.1"), Node, web)!.Value.Reason);
        Assert.Null(Failed(WithPort("other", 0), Node, WithPort("web", 0)));
    }

    [Fact]
    public void A_pod_whose_selector_or_affinity_the_node_does_not_meet_is_refused()
    {
        Pod pod = NewPod("pod");
        Pod Selects(string disk) => pod with
        {
            Spec = pod.Spec with { NodeSelector = One("disk", disk) },
        };
        Assert.Null(Failed(Selects("ssd"), Node));
        Assert.Equal(
            ("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"),
            Failed(Selects("hdd"), Node));
        Assert.Equal(
            "Predicate NodeName failed: node(s) didn't match the requested node name",
            Failed(pod with { Spec = pod.Spec with { NodeName = "node-2" } }, Node)!.Value.Message);
    }

    [Fact]
    public void Only_taints_that_end_pods_keep_them_out_and_never_the_nodes_own()
    {
        ApiNode Tainted(string effect) => Node with
        {
            Spec = Node.Spec with { Taints = new[] { new Taint { Key = "gone", Effect = effect } }.ToApiList() },
        };
        Pod pod = NewPod("pod");
        Assert.Null(Failed(pod, Tainted("NoSchedule")));
        Assert.Equal(
            ("TaintToleration", "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"),
            Failed(pod, Tainted("NoExecute")));
        Toleration any = new() { Key = "gone", Operator = "Exists" };
        Assert.Null(Failed(
            pod with { Spec = pod.Spec with { Tolerations = new[] { any }.ToApiList() } }, Tainted("NoExecute")));
        Assert.Null(Failed(Static(pod), Tainted("NoExecute")));
    }

    [Fact]
    public void Pods_for_another_system_are_refused()
    {
        Pod pod = NewPod("pod");
        Assert.Equal(
            ("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"),
            Unsuitable(pod with { Spec = pod.Spec with { Os = new PodOS { Name = "windows" } } }));
        Assert.Null(Unsuitable(pod with { Spec = pod.Spec with { Os = new PodOS { Name = "linux" } } }));
        Assert.Equal(
            ("PodOSSelectorNodeLabelDoesNotMatch",
                "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"),
            Unsuitable(pod with
            {
                Metadata = pod.Metadata with
                {
                    Labels = One("kubernetes.io/os", "windows"),
                },
            }));
        Pod strict = pod with
        {
            Spec = pod.Spec with
            {
                SecurityContext = new PodSecurityContext { SupplementalGroupsPolicy = "Strict" },
            },
        };
        Assert.Equal(
            ("SupplementalGroupsPolicyNotSupported", "SupplementalGroupsPolicy=Strict is not supported in this node"),
            Unsuitable(strict));
    }

    [Fact]
    public void Room_counts_extended_resources_that_the_node_has()
    {
        ApiMap<Quantity> has = Amounts(("cpu", "2"), ("memory", "1Gi"), ("example.com/gpu", "2"));
        Pod two = NewPod("two", ("example.com/gpu", "2"));
        Assert.Equal(
            ("OutOfexample.com/gpu",
                "Node didn't have enough resource: example.com/gpu, requested: 2, used: 1, capacity: 2"),
            Verdict(two, has, NewPod("one", ("example.com/gpu", "1"))));
        Assert.Equal(
            ("OutOfcpu", "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000"),
            Verdict(NewPod("big", ("cpu", "1500m")), has, NewPod("there", ("cpu", "1"))));
        Assert.Null(Verdict(NewPod("elsewhere", ("example.com/licence", "1")), has));
        Assert.Equal("OutOfhugepages-2Mi", Verdict(NewPod("huge", ("hugepages-2Mi", "4Mi")), has)!.Value.Reason);
    }

    [Fact]
    public void Critical_pods_send_away_as_little_as_possible()
    {
        Pod critical = Static(NewPod("critical", ("cpu", "1")));
        Pod idle = NewPod("idle");
        Pod small = NewPod("small", ("cpu", "300m"));
        Pod middle = NewPod("middle", ("cpu", "600m"));
        Pod large = NewPod("large", ("cpu", "900m"));
        Pod peer = Static(NewPod("peer", ("cpu", "2")));
        Pod[] all = [idle, small, middle, large, peer];
        Assert.Equal("middle", Chosen(critical, all, ("cpu", 500)));
        Assert.Equal("large small", Chosen(critical, all, ("cpu", 1200)));
        Assert.Equal("idle", Chosen(critical, all, ("pods", 1)));
        Assert.Null(Preemption.Choose(critical, all, new Dictionary<string, long> { ["cpu"] = 2000 }));
    }

    private static string Chosen(Pod pod, Pod[] others, (string Resource, long Amount) missing) => string.Join(
        ' ',
        Preemption.Choose(pod, others, new Dictionary<string, long> { [missing.Resource] = missing.Amount })!
            .Select(static one => one.Metadata.Name));

    private static (string Reason, string Message)? Failed(Pod pod, ApiNode node, params Pod[] others) =>
        NodePredicates.Failed(pod, others, node) is { } verdict ? (verdict.Reason, verdict.Message) : null;

    private static (string Reason, string Message)? Unsuitable(Pod pod) =>
        NodePredicates.Unsuitable(pod, Node) is { } verdict ? (verdict.Reason, verdict.Message) : null;

    private static (string Reason, string Message)? Verdict(Pod pod, ApiMap<Quantity> has, params Pod[] others) =>
        NodeFit.Shortfalls(pod, others, has) is [var first, ..] ? (first.Verdict.Reason, first.Verdict.Message) : null;

    private static Pod WithPort(string name, int port, string address = "", string protocol = "TCP")
    {
        ContainerPort one = new() { ContainerPortValue = 80, HostPort = port, HostIP = address, Protocol = protocol };
        Pod pod = NewPod(name);
        Container container = pod.Spec.Containers[0] with { Ports = new[] { one }.ToApiList() };
        return pod with { Spec = pod.Spec with { Containers = new[] { container }.ToApiList() } };
    }

    private static Pod NewPod(string name, params (string, string)[] requests) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "default", Uid = name },
        Spec = new PodSpec
        {
            Containers = new[]
            {
                new Container
                {
                    Name = "c", Resources = new ResourceRequirements { Requests = Amounts(requests) },
                },
            }.ToApiList(),
        },
    };

    private static Pod Static(Pod pod) => pod with
    {
        Metadata = pod.Metadata with
        {
            Annotations = One("kubernetes.io/config.source", "file"),
        },
    };

    private static ApiMap<string> One(string key, string value) =>
        ApiMap<string>.From([KeyValuePair.Create(key, value)]);

    private static ApiMap<Quantity> Amounts(params (string Name, string Amount)[] amounts) => ApiMap<Quantity>.From(
        amounts.Select(static one => KeyValuePair.Create(one.Name, Quantity.Parse(one.Amount))));
}
