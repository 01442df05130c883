using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Rbac;
using static Keelson.Server.Tests.Authorization.RbacAuthorizerTests;

namespace Keelson.Server.Tests.Authorization;

public sealed class RoleEscalationTests
{
    private const string Prefix =
        "user \"u\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions "
        + "not currently held:\n";

    private readonly RbacAuthorizer rbac = new();
    private readonly UserInfo user = new() { Name = "u", Groups = ["system:authenticated"] };

    public RoleEscalationTests()
    {
        rbac.Set(new ClusterRole
        {
            Metadata = Named("cluster-admin"),
            Rules = [Rule("*;*;*;"), new() { Verbs = ["*"], NonResourceURLs = ["*"] }],
        });
        rbac.Set(ClusterBinding("admins", "cluster-admin", User("root")));
    }

    [Fact]
    public async Task What_is_not_held_is_listed_compactly()
    {
        var role = new ClusterRole
        {
            Metadata = Named("esc"),
            Rules =
            [
                new() { Verbs = ["get"], NonResourceURLs = ["/metrics"] }, Rule("get;;nodes;n1"),
                Rule("get,list;;secrets,pods;"),
            ],
        };
        Assert.Equal(
            "clusterroles.rbac.authorization.k8s.io \"esc\" is forbidden: " + Prefix
            + "{APIGroups:[\"\"], Resources:[\"nodes\"], ResourceNames:[\"n1\"], Verbs:[\"get\"]}\n"
            + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\" \"list\"]}\n"
            + "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}\n"
            + "{NonResourceURLs:[\"/metrics\"], Verbs:[\"get\"]}",
            (await CheckAsync(role))!.Forbidden!.Message);
        Assert.Null(await CheckAsync(role, "root"));
    }

    [Theory]
    [InlineData("get;;pods;", "get;;pods;", true)]
    [InlineData("get;;pods;", "get;;pods;p", true)]
    [InlineData("get;;pods;p", "get;;pods;", false)]
    [InlineData("get;;pods;p,q", "get;;pods;q", true)]
    [InlineData("*;*;*;", "get,frobnicate;apps;deployments/scale;", true)]
    [InlineData("get;*;*/scale;", "get;apps;deployments/scale;", true)]
    [InlineData("get;*;*/scale;", "get;apps;deployments;", false)]
    [InlineData("get;;pods;", "*;;pods;", false)]
    public async Task Whoever_holds_all_of_a_role_may_write_it(string held, string wanted, bool allowed)
    {
        rbac.Set(new ClusterRole { Metadata = Named("held"), Rules = [Rule(held)] });
        rbac.Set(ClusterBinding("held", "held", User("u")));
        var role = new Role { Metadata = Named("r", "ns"), Rules = [Rule(wanted)] };
        var refusal = await new RoleEscalation(rbac, rbac).CheckAsync(Request("roles", "ns", ""), role, null, default);
        Assert.Equal(allowed, refusal is null);
    }

    [Fact]
    public async Task The_verb_escalate_lets_everything_through()
    {
        rbac.Set(new ClusterRole
        {
            Metadata = Named("e"), Rules = [Rule("escalate;rbac.authorization.k8s.io;clusterroles;")],
        });
        rbac.Set(ClusterBinding("e", "e", User("u")));
        Assert.Null(await CheckAsync(new ClusterRole { Metadata = Named("r"), Rules = [Rule("*;*;*;")] }));
    }

    [Fact]
    public async Task Aggregation_is_for_those_who_hold_everything()
    {
        var role = new ClusterRole
        {
            Metadata = Named("agg"),
            AggregationRule = new() { ClusterRoleSelectors = [new LabelSelector { MatchLabels = new() }] },
        };
        Assert.Equal(
            "clusterroles.rbac.authorization.k8s.io \"agg\" is forbidden: must have cluster-admin privileges to use the "
            + "aggregationRule",
            (await CheckAsync(role))!.Forbidden!.Message);
        Assert.NotNull(
            await CheckAsync(role with { AggregationRule = null }, old: role with { Rules = [Rule("get;;x;")] }));
        Assert.Null(await CheckAsync(role, "root"));
    }

    [Fact]
    public async Task A_binding_needs_all_of_its_role_or_the_verb_bind()
    {
        rbac.Set(new ClusterRole { Metadata = Named("view"), Rules = [Rule("get;;pods;")] });
        rbac.Set(new ClusterRole
        {
            Metadata = Named("binder"), Rules = [Rule("bind;rbac.authorization.k8s.io;clusterroles;view")],
        });
        rbac.Set(Binding("ns", "binder", "binder", User("u")));
        var guard = new RoleEscalation(rbac, rbac);
        Task<EscalationRefusal?> Bind(string scope, string role) => guard.CheckAsync(
            Request("rolebindings", scope, ""), Binding(scope, "b", role, User("u")), null, default).AsTask();

        Assert.Null(await Bind("ns", "view"));
        Assert.NotNull((await Bind("other", "view"))!.Forbidden);
        Assert.Equal("gone", (await Bind("ns", "gone"))!.MissingRole);
        Assert.Equal(
            "rolebindings.rbac.authorization.k8s.io \"b\" is forbidden: " + Prefix
            + "{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}",
            (await Bind("ns", "cluster-admin"))!.Forbidden!.Message);
    }

    [Fact]
    public async Task The_garbage_collector_may_change_ownership_of_what_it_does_not_hold()
    {
        var old = new ClusterRole { Metadata = Named("r") with { Finalizers = ["x"] }, Rules = [Rule("*;*;*;")] };
        Assert.Null(await CheckAsync(old with { Metadata = old.Metadata with { Finalizers = default } }, old: old));
        Assert.NotNull(await CheckAsync(old with { Rules = [Rule("get;*;*;")] }, old: old));
    }

    private ValueTask<EscalationRefusal?> CheckAsync(ClusterRole role, string name = "u", ClusterRole? old = null) =>
        new RoleEscalation(rbac, rbac).CheckAsync(
            Request("clusterroles", "", "") with { User = user with { Name = name } }, role, old, default);

    private AuthorizationAttributes Request(string resource, string scope, string name) => new()
    {
        User = user, Verb = "create", ApiGroup = "rbac.authorization.k8s.io", Resource = resource, Namespace = scope,
        Name = name,
    };
}
