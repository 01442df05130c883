using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Rbac;

namespace Keelson.Server.Tests.Authorization;

public sealed class RbacAuthorizerTests
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    private readonly RbacAuthorizer rbac = new();

    [Theory]
    // verbs; groups; resources; names        verb group resource/sub name                              allowed
    [InlineData("get;;pods;", "get", "", "pods", "", "p", true)]
    [InlineData("get;;pods;", "list", "", "pods", "", "", false)]
    [InlineData("get;;pods;", "get", "apps", "pods", "", "p", false)]
    [InlineData("get;;pods;", "get", "", "pods", "log", "p", false)]
    [InlineData("get;;pods/log;", "get", "", "pods", "log", "p", true)]
    [InlineData("get;;pods/log;", "get", "", "pods", "", "p", false)]
    [InlineData("get;apps;*/scale;", "get", "apps", "deployments", "scale", "d", true)]
    [InlineData("get;apps;*/scale;", "get", "apps", "deployments", "status", "d", false)]
    [InlineData("*;*;*;", "frobnicate", "x.example.com", "things", "sub", "t", true)]
    [InlineData("frobnicate;*;*;", "frobnicate", "", "things", "", "", true)]
    [InlineData("frobnicate;*;*;", "get", "", "things", "", "", false)]
    [InlineData("get,list,watch,create,update,patch,delete,deletecollection;;pods;", "frobnicate", "", "pods", "", "", false)]
    [InlineData("update;;configmaps;a,b", "update", "", "configmaps", "", "b", true)]
    [InlineData("update;;configmaps;a,b", "update", "", "configmaps", "", "c", false)]
    [InlineData("create;;configmaps;a", "create", "", "configmaps", "", "", false)]
    public void Rules_match_as_upstreams(
        string rule, string verb, string group, string resource, string subresource, string name, bool allowed)
    {
        rbac.Set(new ClusterRole { Metadata = Named("r"), Rules = [Rule(rule)] });
        rbac.Set(ClusterBinding("b", "r", User("u")));
        var attributes = Request("u") with
        {
            Verb = verb, ApiGroup = group, Resource = resource, Subresource = subresource, Name = name,
        };
        Assert.Equal(allowed, rbac.Authorize(attributes).IsAllowed);
    }

    [Theory]
    [InlineData("/healthz", "/healthz", true)]
    [InlineData("/healthz", "/healthz/etcd", false)]
    [InlineData("/healthz/*", "/healthz/etcd", true)]
    [InlineData("/healthz/*", "/healthz", false)]
    [InlineData("*", "/anything", true)]
    [InlineData("/a*c", "/abc", false)]
    public void Paths_match_as_upstreams(string rule, string path, bool allowed)
    {
        rbac.Set(
            new ClusterRole { Metadata = Named("r"), Rules = [new() { Verbs = ["get"], NonResourceURLs = [rule] }] });
        rbac.Set(ClusterBinding("b", "r", User("u")));
        var request = Request("u") with { Verb = "get", IsResourceRequest = false, Path = path };
        Assert.Equal(allowed, rbac.Authorize(request).IsAllowed);
        Assert.False(rbac.Authorize(request with { Verb = "post" }).IsAllowed);
    }

    [Fact]
    public void Reasons_name_the_binding_the_role_and_the_subject()
    {
        rbac.Set(new ClusterRole { Metadata = Named("view"), Rules = [Rule("list;;pods;")] });
        rbac.Set(ClusterBinding("all", "view", Group("devs")));
        rbac.Set(Binding("ns", "b", "view", User("jane"), Account("bot", ""), Account("far", "other")));
        Assert.Equal(
            "RBAC: allowed by ClusterRoleBinding \"all\" of ClusterRole \"view\" to Group \"devs\"",
            rbac.Authorize(Request("x", "devs") with { Namespace = "ns" }).Reason);
        Assert.Equal(
            "RBAC: allowed by RoleBinding \"b/ns\" of ClusterRole \"view\" to User \"jane\"",
            rbac.Authorize(Request("jane") with { Namespace = "ns" }).Reason);
        Assert.Equal(
            "RBAC: allowed by RoleBinding \"b/ns\" of ClusterRole \"view\" to ServiceAccount \"bot/ns\"",
            rbac.Authorize(Request("system:serviceaccount:ns:bot") with { Namespace = "ns" }).Reason);
        Assert.Equal(
            "RBAC: allowed by RoleBinding \"b/ns\" of ClusterRole \"view\" to ServiceAccount \"far/other\"",
            rbac.Authorize(Request("system:serviceaccount:other:far") with { Namespace = "ns" }).Reason);
    }

    [Fact]
    public void A_binding_of_a_namespace_holds_there_only()
    {
        rbac.Set(new ClusterRole { Metadata = Named("view"), Rules = [Rule("list;;pods;")] });
        rbac.Set(Binding("ns", "b", "view", User("jane")));
        Assert.True(rbac.Authorize(Request("jane") with { Namespace = "ns" }).IsAllowed);
        Assert.False(rbac.Authorize(Request("jane") with { Namespace = "other" }).IsAllowed);
        Assert.False(rbac.Authorize(Request("jane")).IsAllowed);
    }

    [Fact]
    public void A_missing_role_is_the_reason_of_a_refusal_until_it_comes()
    {
        rbac.Set(new RoleBinding
        {
            Metadata = Named("b", "ns"), Subjects = [User("u")],
            RoleRef = new() { ApiGroup = RbacGroup, Kind = "Role", Name = "missing" },
        });
        var request = Request("u") with { Namespace = "ns" };
        var refusal = rbac.Authorize(request);
        Assert.Equal("RBAC: role.rbac.authorization.k8s.io \"missing\" not found", refusal.Reason);
        Assert.Equal(
            "pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace \"ns\": "
            + "RBAC: role.rbac.authorization.k8s.io \"missing\" not found",
            ForbiddenRequest.Of(request, refusal.Reason).Message);

        rbac.Set(new Role { Metadata = Named("missing", "ns"), Rules = [Rule("list;;pods;")] });
        Assert.True(rbac.Authorize(request).IsAllowed);
        rbac.RemoveRole("ns", "missing");
        Assert.False(rbac.Authorize(request).IsAllowed);
    }

    [Fact]
    public void Removing_a_role_or_a_binding_takes_effect_at_once()
    {
        rbac.Set(new ClusterRole { Metadata = Named("view"), Rules = [Rule("list;;pods;")] });
        rbac.Set(ClusterBinding("b", "view", User("u")));
        rbac.Set(Binding("ns", "b", "view", User("v")));
        Assert.True(rbac.Authorize(Request("u")).IsAllowed);
        Assert.True(rbac.Authorize(Request("v") with { Namespace = "ns" }).IsAllowed);
        rbac.RemoveClusterRoleBinding("b");
        rbac.RemoveRoleBinding("ns", "b");
        Assert.False(rbac.Authorize(Request("u")).IsAllowed);
        Assert.False(rbac.Authorize(Request("v") with { Namespace = "ns" }).IsAllowed);
        Assert.Empty(rbac.Snapshot.Namespaces);
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        rbac.Set(
            new ClusterRole { Metadata = Named("r"), Rules = [Rule("get,list;,apps;pods,pods/log,deployments;")] });
        rbac.Set(ClusterBinding("b", "r", Group("devs")));
        var allowed = Request("jane", "a", "devs") with { Subresource = "log" };
        var refused = allowed with { Verb = "delete" };
        rbac.Authorize(allowed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(rbac.Authorize(allowed).IsAllowed && !rbac.Authorize(refused).IsAllowed);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Rules_are_listed_for_the_user_and_the_namespace()
    {
        rbac.Set(new ClusterRole
        {
            Metadata = Named("r"),
            Rules = [Rule("get;;nodes;n1"), new() { Verbs = ["get"], NonResourceURLs = ["/version"] }],
        });
        rbac.Set(ClusterBinding("b", "r", User("u")));
        rbac.Set(Binding("ns", "b", "gone", User("u")));
        var rules = rbac.RulesFor(new UserInfo { Name = "u" }, "ns");
        Assert.Equal(["n1"], Assert.Single(rules.Resources).ResourceNames);
        Assert.Equal(["/version"], Assert.Single(rules.NonResources).NonResourceURLs);
        Assert.Equal(["clusterrole.rbac.authorization.k8s.io \"gone\" not found"], rules.Errors);
    }

    internal static ObjectMeta Named(string name, string objectNamespace = "") =>
        ObjectMeta.Empty with { Name = name, Namespace = objectNamespace };

    internal static PolicyRule Rule(string text)
    {
        var parts = text.Split(';');
        ApiList<string> List(string part) => part.Split(',').ToApiList();
        return new PolicyRule
        {
            Verbs = List(parts[0]), ApiGroups = List(parts[1]), Resources = List(parts[2]),
            ResourceNames = parts[3].Length == 0 ? default : List(parts[3]),
        };
    }

    internal static ClusterRoleBinding ClusterBinding(string name, string role, params Subject[] subjects) => new()
    {
        Metadata = Named(name), Subjects = subjects,
        RoleRef = new() { ApiGroup = RbacGroup, Kind = "ClusterRole", Name = role },
    };

    internal static RoleBinding Binding(string objectNamespace, string name, string role, params Subject[] subjects) =>
        new()
        {
            Metadata = Named(name, objectNamespace), Subjects = subjects,
            RoleRef = new() { ApiGroup = RbacGroup, Kind = "ClusterRole", Name = role },
        };

    internal static Subject User(string name) => new() { Kind = "User", ApiGroup = RbacGroup, Name = name };

    private static Subject Group(string name) => new() { Kind = "Group", ApiGroup = RbacGroup, Name = name };

    private static Subject Account(string name, string accountNamespace) =>
        new() { Kind = "ServiceAccount", Name = name, Namespace = accountNamespace };

    private static AuthorizationAttributes Request(string user, params string[] groups) => new()
    {
        User = new UserInfo { Name = user, Groups = groups }, Verb = "list", Resource = "pods",
    };
}
