using Keelson.Api.Core.V1;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.UserNamespaces;
using Pod = Keelson.Api.Core.V1.Pod;

namespace Keelson.Nodes.Tests.UserNamespaces;

public sealed class PodUserNamespacesTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private TestRuntime _runtime = null!;

    public async ValueTask InitializeAsync()
    {
        _runtime = await TestRuntime.StartAsync(_node.DirectoryFor("cri"));
        _runtime.Handlers.Add(new RuntimeHandler { Name = "", Features = new() { UserNamespaces = true } });
        _runtime.Handlers.Add(new RuntimeHandler { Name = "plain", Features = new() });
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _node.Dispose();
    }

    [Fact]
    public async Task Each_pod_has_a_range_of_its_own_and_keeps_it_over_restarts_of_the_agent()
    {
        PodUserNamespaces first = Fresh();
        UserNamespace one = await OfAsync(first, "one");
        Assert.Equal(NamespaceMode.Pod, one.Mode);
        Assert.Equal(new IDMapping { HostId = 65536, ContainerId = 0, Length = 65536 }, Assert.Single(one.Uids));
        Assert.Equal(one.Uids, one.Gids);
        const string Mapping = """[{"hostId":65536,"containerId":0,"length":65536}]""";
        Assert.Equal(
            $$"""{"uidMappings":{{Mapping}},"gidMappings":{{Mapping}}}""",
            File.ReadAllText(Path.Combine(_node.Context.PodDirectory("one"), "userns")));

        PodUserNamespaces second = Fresh();
        Assert.Equal(131072u, (await OfAsync(second, "two")).Uids[0].HostId);
        Assert.Equal(one, await OfAsync(second, "one"));
    }

    [Fact]
    public async Task Ranges_of_pods_that_ended_are_free_again_and_there_are_no_more_than_there_are()
    {
        PodUserNamespaces users = Fresh(count: 2);
        await OfAsync(users, "one");
        await OfAsync(users, "two");
        PodUserNamespace none = await users.OfAsync(Of("three"), "", default);
        Assert.Equal(
            "create user namespace: could not find an empty slot to allocate a user namespace", none.Error);
        users.Release("one");
        users.Release("never seen");
        Assert.Equal(65536u, (await OfAsync(users, "three")).Uids[0].HostId);
        Directory.Delete(_node.Context.PodDirectory("two"), recursive: true);
        Assert.Equal(131072u, (await OfAsync(users, "four")).Uids[0].HostId);
    }

    [Fact]
    public async Task A_runtime_that_has_no_user_namespaces_refuses_only_who_wants_one()
    {
        PodUserNamespaces users = Fresh();
        Assert.Equal(
            "can't set `spec.hostUsers: false`, RuntimeClass handler \"plain\" does not support user namespaces",
            (await users.OfAsync(Of("one"), "plain", default)).Error);
        _runtime.Handlers.Clear();
        Assert.Equal(
            "can't set `spec.hostUsers: false`, runtime does not support user namespaces: the handler \"\" is not "
                + "known",
            (await users.OfAsync(Of("one"), "", default)).Error);
        Assert.False(Directory.Exists(_node.Context.PodDirectory("one")));
        foreach (bool? hostUsers in (bool?[])[null, true])
        {
            PodUserNamespace hosts = await users.OfAsync(Of("one", hostUsers), "", default);
            Assert.Equal(new UserNamespace { Mode = NamespaceMode.Node }, hosts.Options);
        }
    }

    [Theory]
    [InlineData("""{"uidMappings":[]}""",
        "user namespace: invalid user namespace configuration: no more than one mapping allowed.")]
    [InlineData("""{"uidMappings":[{"hostId":65536,"containerId":0,"length":65536}],"gidMappings":[]}""",
        "user namespace: invalid user namespace configuration: GID and UID mapping should be identical")]
    [InlineData(
        """{"uidMappings":[{"hostId":65536,"containerId":0,"length":1}],"""
            + " \"gidMappings\":[{\"hostId\":65536,\"containerId\":0,\"length\":1}]}",
        "user namespace: wrong user namespace length 1")]
    public async Task A_file_that_was_tampered_with_is_not_followed(string content, string error)
    {
        Directory.CreateDirectory(_node.Context.PodDirectory("one"));
        File.WriteAllText(Path.Combine(_node.Context.PodDirectory("one"), "userns"), content);
        Assert.Equal(error, (await Fresh().OfAsync(Of("one"), "", default)).Error);
    }

    [Fact]
    public void Subordinate_ids_are_cut_into_ranges_when_they_suit()
    {
        Assert.Equal((65536u, 2147483648u), IdRanges.Parse("0: kubelet 65536 2147483648\n"));
        Assert.Equal(new IdRanges(65536, 65536, 32768), IdRanges.Of(65536, 2147483648, 65536, 110));
        Assert.Throws<NodeAgentException>(static () => IdRanges.Parse("0: kubelet 1 2\n1: kubelet 3 4\n"));
        Assert.Equal("kubelet user assigned ID 0 must be greater or equal to 65536", Refusal(0, 655360, 10));
        Assert.Equal("kubelet user assigned ID 100000 is not a multiple of 65536", Refusal(100000, 655360, 10));
        Assert.Equal("kubelet user assigned IDs are not enough to support 11 pods", Refusal(65536, 655360, 11));
    }

    private static string Refusal(uint first, uint count, int pods) => Assert.Throws<NodeAgentException>(
        () => IdRanges.Of(first, count, IdRanges.Unit, pods)).Message["create user namespace manager: ".Length..];

    private static Pod Of(string uid, bool? hostUsers = false) => new()
    {
        Metadata = Keelson.Api.Meta.V1.ObjectMeta.Empty with { Name = uid, Namespace = "ns", Uid = uid },
        Spec = new PodSpec { HostUsers = hostUsers },
    };

    private static async Task<UserNamespace> OfAsync(PodUserNamespaces users, string uid)
    {
        PodUserNamespace found = await users.OfAsync(Of(uid), "", default);
        Assert.Null(found.Error);
        return found.Options!;
    }

    private PodUserNamespaces Fresh(int count = 110) =>
        new(_node.Context, new IdRanges(65536, 65536, count), _runtime.Client);
}
