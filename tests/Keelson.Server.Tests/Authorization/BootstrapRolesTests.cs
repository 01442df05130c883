using Keelson.Api.Kinds;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Rbac;
using Keelson.Server.Bootstrap;

namespace Keelson.Server.Tests.Authorization;

public sealed class BootstrapRolesTests
{
    private static readonly ClusterRole[] Roles =
        [.. BootstrapObjects.Read(ApiKinds.RbacV1ClusterRole).Cast<ClusterRole>()];

    private static readonly ClusterRoleBinding[] Bindings =
        [.. BootstrapObjects.Read(ApiKinds.RbacV1ClusterRoleBinding).Cast<ClusterRoleBinding>()];

    [Fact]
    public void Every_binding_names_a_role_that_is_there() => Assert.All(Bindings, binding =>
        Assert.Contains(Roles, role => role.Metadata.Name == binding.RoleRef.Name));

    [Theory]
    [InlineData("", "get", "", "/healthz", true)]
    [InlineData("", "get", "", "/metrics", false)]
    [InlineData("system:masters", "delete", "x.example.com/things", "", true)]
    [InlineData("system:authenticated", "create", "authorization.k8s.io/selfsubjectaccessreviews", "", true)]
    [InlineData("system:authenticated", "get", "", "/apis/apps/v1", true)]
    [InlineData("system:authenticated", "list", "/pods", "", false)]
    public void The_default_bindings_give_what_upstreams_give(
        string group, string verb, string resource, string path, bool allowed)
    {
        var rbac = new RbacAuthorizer();
        foreach (var role in Roles)
        {
            rbac.Set(role);
        }
        foreach (var binding in Bindings)
        {
            rbac.Set(binding);
        }
        var parts = resource.Split('/');
        var request = new AuthorizationAttributes
        {
            User = new UserInfo { Name = "u", Groups = [group, group.Length == 0 ? "system:unauthenticated" : "x"] },
            Verb = verb, IsResourceRequest = path.Length == 0, Path = path,
            ApiGroup = parts[0], Resource = parts[^1],
        };
        Assert.Equal(allowed, rbac.Authorize(request).IsAllowed);
    }

    [Fact]
    public void Admin_holds_all_of_edit_and_edit_all_of_view()
    {
        ClusterRole Role(string name) => Roles.Single(role => role.Metadata.Name == name);
        Assert.Empty(RuleCoverage.Missing([.. Role("edit").Rules], Role("view").Rules));
        Assert.Empty(RuleCoverage.Missing([.. Role("admin").Rules], Role("edit").Rules));
        Assert.NotEmpty(RuleCoverage.Missing([.. Role("view").Rules], Role("edit").Rules));
        foreach (var name in new[] { "view", "edit", "admin" })
        {
            Assert.Equal(Role(name).Aggregate(Roles), Role(name).Rules);
        }
    }
}
