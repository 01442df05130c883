using System.Diagnostics;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Network.Policies;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Policies;

/// <summary>Policies on a node of its own: what passes and what does not.</summary>
public sealed class PolicyEnforcerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestInformers _informers = new();

    public PolicyEnforcerTests()
    {
        _informers.Put(new Namespace { Metadata = Meta("", "default", ("team", "blue")) });
        _informers.Put(new Namespace { Metadata = Meta("", "other", ("team", "red")) });
        _informers.Put(Pod("default", "api", "10.1.0.2", "api"));
        _informers.Put(Pod("default", "frontend", "10.1.0.3", "frontend"));
        _informers.Put(Pod("other", "stranger", "10.1.0.4", "frontend"));
    }

    [Fact]
    public async Task Only_the_pods_that_a_policy_names_reach_a_guarded_pod_and_only_at_its_ports()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        Pods pods = await Pods.AddAsync(sandbox);
        await using PolicyEnforcer enforcer = PolicyEnforcer.Start(_informers, Config(sandbox));
        await enforcer.Ready.WaitAsync(Patience);
        Assert.Equal("api 10.1.0.4", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));

        _informers.Put(Policy("guard", "api", ingress:
        [
            new() { From = new[] { FromPods("frontend") },
                Ports = new[] { new NetworkPolicyPort { Protocol = "TCP", Port = 8080 } } },
        ]));
        await UntilAsync(async () => await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080) == "silent");
        Assert.Equal("api 10.1.0.3", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 8080));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 9090));

        // The node probes its pods, whatever policies say; a pod reaches itself.
        Assert.Equal("api 10.1.0.1", await sandbox.AskAsync(sandbox.Node, "10.1.0.2", 9090));
        Assert.Equal("api 10.1.0.2", await sandbox.AskAsync(pods.Api, "10.1.0.2", 9090));

        // Others are not guarded, and the guarded pod may talk to them.
        Assert.Equal("frontend 10.1.0.2", await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080));

        long syncs = enforcer.Syncs;
        _informers.Put(Pod("default", "frontend", "10.1.0.3", "renamed"));
        await UntilAsync(() => Task.FromResult(enforcer.Syncs > syncs));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 8080));

        _informers.Delete<NetworkPolicy>("default", "guard");
        await UntilAsync(async () => await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 9090) == "api 10.1.0.4");
    }

    [Fact]
    public async Task Namespaces_blocks_named_ports_and_ranges_count()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        Pods pods = await Pods.AddAsync(sandbox);
        _informers.Put(Policy("by-namespace", "api", ingress:
        [
            new()
            {
                From = new[] { new NetworkPolicyPeer { NamespaceSelector = Labels("team", "red") } },
                Ports = new[] { new NetworkPolicyPort { Protocol = "TCP", Port = "web" } },
            },
            new()
            {
                From = new[] { new NetworkPolicyPeer { IpBlock =
                    new() { Cidr = "10.1.0.0/16", Except = new[] { "10.1.0.4/32" } } } },
                Ports = new[] { new NetworkPolicyPort { Protocol = "TCP", Port = 9000, EndPort = 9100 } },
            },
        ]));
        await using PolicyEnforcer enforcer = PolicyEnforcer.Start(_informers, Config(sandbox));
        await enforcer.Ready.WaitAsync(Patience);
        Assert.Equal("api 10.1.0.4", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 8080));
        Assert.Equal("api 10.1.0.3", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 9090));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 9090));

        _informers.Put(new Namespace { Metadata = Meta("", "other", ("team", "green")) });
        await UntilAsync(async () => await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080) == "silent");
    }

    [Fact]
    public async Task Egress_is_denied_by_default_except_where_it_is_let_out()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        Pods pods = await Pods.AddAsync(sandbox);
        sandbox.Serve(sandbox.Node, 1053, "dns");
        sandbox.Serve(sandbox.Node, 2222, "node");
        _informers.Put(new Namespace { Metadata =
            Meta("", "kube-system", ("kubernetes.io/metadata.name", "kube-system")) });
        _informers.Put(DnsSlice("10.1.0.1", 1053));
        _informers.Put(Policy("deny-all", "api", egress: []));
        await using PolicyEnforcer enforcer = PolicyEnforcer.Start(_informers, Config(sandbox));
        await enforcer.Ready.WaitAsync(Patience);
        Assert.Equal("silent", await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Api, "10.1.0.1", 1053));
        Assert.Equal("api 10.1.0.3", await sandbox.AskAsync(pods.Frontend, "10.1.0.2", 8080));

        _informers.Put(Policy("allow-dns", "api", egress:
        [
            new()
            {
                To = new[] { new NetworkPolicyPeer { NamespaceSelector =
                    Labels("kubernetes.io/metadata.name", "kube-system") } },
                Ports = new[] { new NetworkPolicyPort { Protocol = "TCP", Port = 53 } },
            },
        ]));
        await UntilAsync(async () => await sandbox.AskAsync(pods.Api, "10.1.0.1", 1053) == "dns 10.1.0.2");
        Assert.Equal("silent", await sandbox.AskAsync(pods.Api, "10.1.0.1", 2222));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080));

        _informers.Put(Policy("allow-frontend", "api", egress: [new() { To = new[] { FromPods("frontend") } }]));
        await UntilAsync(async () => await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080) == "frontend 10.1.0.2");
        await enforcer.DisposeAsync();
        await PolicyEnforcer.CleanUpAsync(Config(sandbox), CancellationToken.None);
        Assert.Equal("", await sandbox.ShellAsync(sandbox.Node, "nft list ruleset"));
    }

    [Fact]
    public async Task A_pod_is_guarded_from_the_moment_it_has_its_address()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        await using NetworkSandbox sandbox = await NetworkSandbox.CreateAsync();
        Pods pods = await Pods.AddAsync(sandbox);
        Pod told = Pod("default", "api", "10.1.0.2", "api");
        Pod silent = told with { Status = new() { Phase = "Pending" } };
        _informers.Put(silent);
        _informers.Put(Policy("guard", "api", ingress: []));
        _informers.Put(Policy("jail", "api", egress: [new() { To = new[] { FromPods("api") } }]));
        await using PolicyEnforcer enforcer = PolicyEnforcer.Start(_informers, Config(sandbox));
        await enforcer.Ready.WaitAsync(Patience);
        Assert.Equal("api 10.1.0.4", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));
        Assert.Equal("frontend 10.1.0.2", await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080));

        // Its status tells no address yet; once the agent hears that it is guarded, it is.
        await enforcer.GuardAsync(silent, ["10.1.0.2"], CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("silent", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Api, "10.1.0.3", 8080));

        // Other changes don't forget it, nor does the status that says the same.
        await ChangeAsync(enforcer, () => _informers.Put(Policy("more", "frontend", ingress: [new()])));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));
        await ChangeAsync(enforcer, () => _informers.Put(told));
        Assert.Equal("silent", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));

        // Who gets the address later is not taken for it.
        await ChangeAsync(enforcer, () => _informers.Delete<Pod>("default", "api"));
        Assert.Equal("api 10.1.0.4", await sandbox.AskAsync(pods.Stranger, "10.1.0.2", 8080));
    }

    [Fact]
    public void An_address_that_was_given_holds_until_the_status_tells_it_or_the_pod_is_gone()
    {
        AssignedAddresses assigned = new();
        ObjectKey key = new("default", "api");
        Pod pod = WithUid(Pod("default", "api", "", "api"), "1") with { Status = new() { Phase = "Pending" } };
        Assert.Null(assigned.Resolve(key, pod, ThisNode));
        Assert.Empty(assigned.Put(pod, ["10.1.0.9"]));
        Assert.Equal(["10.1.0.9"], assigned.Resolve(key, pod, ThisNode)!.Addresses);
        Pod older = WithUid(Pod("default", "api", "10.1.0.5", "api"), "1");
        Assert.Equal(["10.1.0.9"], assigned.Resolve(key, older, ThisNode)!.Addresses);
        Pod told = WithUid(Pod("default", "api", "10.1.0.9", "api"), "1");
        Assert.Equal(["10.1.0.9"], assigned.Resolve(key, told, ThisNode)!.Addresses);
        Assert.Empty(assigned.Pods);

        // Another pod of the same name is another one.
        assigned.Put(pod, ["10.1.0.9"]);
        Assert.Null(assigned.Resolve(key, WithUid(pod, "2"), ThisNode));
        assigned.Put(pod, ["10.1.0.9"]);
        Assert.Null(assigned.Resolve(key, null, ThisNode));
        assigned.Put(pod, ["10.1.0.9"]);
        Assert.Null(assigned.Resolve(key, pod with { Status = new() { Phase = "Failed" } }, ThisNode));

        // Who is given an address has it alone.
        assigned.Put(pod, ["10.1.0.9"]);
        Pod next = WithUid(Pod("default", "next", "", "api"), "3") with { Status = new() };
        Assert.Equal([key], assigned.Put(next, ["10.1.0.9"]));
        Assert.Null(assigned.Resolve(key, pod, ThisNode));

        // A pod from a file is known before its mirror is, and by it afterwards.
        Pod file = Annotated(WithUid(Pod("default", "api", "", "api"), "f"), "kubernetes.io/config.source", "file");
        assigned.Put(file, ["10.1.0.10"]);
        Assert.Equal(["10.1.0.10"], assigned.Resolve(key, null, ThisNode)!.Addresses);
        Pod mirror = Annotated(pod, "kubernetes.io/config.mirror", "f");
        Assert.Equal(["10.1.0.10"], assigned.Resolve(key, mirror, ThisNode)!.Addresses);
    }

    [Fact]
    public async Task A_pod_waits_when_the_kernel_does_not_take_the_policies_that_guard_it_and_only_then()
    {
        Assert.SkipWhen(NetworkSandbox.Missing.Length > 0, NetworkSandbox.Missing);
        _informers.Put(Policy("guard", "api", ingress: []));
        PolicyEnforcerConfig config = new()
        {
            NodeName = ThisNode,
            NetworkNamespace = "there-is-none-of-this-name",
            GuardPatience = TimeSpan.FromSeconds(5),
        };
        await using PolicyEnforcer enforcer = PolicyEnforcer.Start(_informers, config);
        Pod free = Pod("default", "frontend", "10.1.0.3", "frontend");
        await enforcer.GuardAsync(free, ["10.1.0.3"], CancellationToken.None).WaitAsync(Patience);
        Pod api = Pod("default", "api", "10.1.0.2", "api");
        TimeoutException trouble = await Assert.ThrowsAsync<TimeoutException>(
            () => enforcer.GuardAsync(api, ["10.1.0.2"], CancellationToken.None));
        Assert.StartsWith("network policies are not in force: nftables: ", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_without_rules_says_nothing_but_that_it_denies()
    {
        CompiledPolicy deny = new(Policy("deny", "api", ingress: []), Nft.NftFamily.IPv4);
        Assert.Empty(Assert.Single(deny.Needs.Chains).Rules);
        Assert.Null(deny.EgressChain);
        CompiledPolicy open = new(Policy("open", "api", ingress: [new()]), Nft.NftFamily.IPv6);
        Assert.Equal(["accept"], Assert.Single(open.Needs.Chains).Rules);
        Assert.Empty(open.Needs.Sets);
    }

    private static Pod WithUid(Pod pod, string uid) => pod with { Metadata = pod.Metadata with { Uid = uid } };

    private static Pod Annotated(Pod pod, string key, string value) => pod with
    {
        Metadata = pod.Metadata with { Annotations = ApiMap<string>.From([KeyValuePair.Create(key, value)]) },
        Status = new() { Phase = "Pending" },
    };

    private static async Task ChangeAsync(PolicyEnforcer enforcer, Action change)
    {
        long syncs = enforcer.Syncs;
        change();
        await UntilAsync(() => Task.FromResult(enforcer.Syncs > syncs));
    }

    private static PolicyEnforcerConfig Config(NetworkSandbox sandbox) => new()
    {
        NodeName = ThisNode,
        NetworkNamespace = sandbox.Node,
        Log = static text => TestContext.Current.SendDiagnosticMessage(text),
    };

    private static Pod Pod(string @namespace, string name, string address, string app)
    {
        Container container = new()
        {
            Name = "main",
            Ports = new[] { new ContainerPort { Name = "web", ContainerPortValue = 8080, Protocol = "TCP" } },
        };
        return new()
        {
            Metadata = Meta(@namespace, name, ("app", app)),
            Spec = new() { NodeName = ThisNode, Containers = new[] { container } },
            Status = new() { Phase = "Running", PodIP = address, PodIPs = new[] { new PodIP { Ip = address } } },
        };
    }

    private static Api.Discovery.V1.EndpointSlice DnsSlice(string address, int port) => new()
    {
        Metadata = Meta("kube-system", "kube-dns-1", ("kubernetes.io/service-name", "kube-dns")),
        AddressType = "IPv4",
        Endpoints = new[] { Endpoint(address) },
        Ports = new[] { new Api.Discovery.V1.EndpointPort { Name = "dns-tcp", Port = port, Protocol = "TCP" } },
    };

    private static LabelSelector Labels(string key, string value) => new()
    {
        MatchLabels = ApiMap<string>.From([KeyValuePair.Create(key, value)]),
    };

    private static NetworkPolicyPeer FromPods(string app) => new() { PodSelector = Labels("app", app) };

    private static NetworkPolicy Policy(
        string name, string app, NetworkPolicyIngressRule[]? ingress = null,
            NetworkPolicyEgressRule[]? egress = null) => new()
    {
        Metadata = Meta("default", name),
        Spec = new()
        {
            PodSelector = Labels("app", app),
            PolicyTypes = new[] { ingress is null ? "Egress" : "Ingress" },
            Ingress = ingress ?? Array.Empty<NetworkPolicyIngressRule>(),
            Egress = egress ?? Array.Empty<NetworkPolicyEgressRule>(),
        },
    };

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "it did not come to be");
            await Task.Delay(20);
        }
    }

    private sealed record Pods(string Api, string Frontend, string Stranger)
    {
        public static async Task<Pods> AddAsync(NetworkSandbox sandbox)
        {
            Pods pods = new(
                await sandbox.AddPodAsync("10.1.0.2"),
                await sandbox.AddPodAsync("10.1.0.3"),
                await sandbox.AddPodAsync("10.1.0.4"));
            sandbox.Serve(pods.Api, 8080, "api");
            sandbox.Serve(pods.Api, 9090, "api");
            sandbox.Serve(pods.Frontend, 8080, "frontend");
            return pods;
        }
    }
}
