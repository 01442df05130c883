using Keelson.Api.Authorization.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Authorization.Nodes;
using Keelson.Server.Authorization.Rbac;
using Keelson.Server.Authorization.Reviews;
using static Keelson.Server.Tests.Authorization.RbacAuthorizerTests;

namespace Keelson.Server.Tests.Authorization;

public sealed class AccessReviewTests
{
    private readonly AccessReviews reviews;

    public AccessReviewTests()
    {
        var rbac = new RbacAuthorizer();
        rbac.Set(new ClusterRole { Metadata = Named("view"), Rules = [Rule("list;;pods;")] });
        rbac.Set(ClusterBinding("v", "view", User("u")));
        var node = new NodeAuthorizer(new NodeGraph(), []);
        var chain = new AuthorizerChain([new PrivilegedGroupAuthorizer("system:masters"), node, rbac]);
        reviews = new AccessReviews(chain, [node, rbac]);
    }

    [Fact]
    public async Task A_review_tells_the_decision_and_its_reason()
    {
        var spec = new SubjectAccessReviewSpec
        {
            User = "u", ResourceAttributes = new() { Verb = "list", Resource = "pods", Namespace = "ns" },
        };
        Assert.Equal(
            new SubjectAccessReviewStatus
            {
                Allowed = true,
                Reason = "RBAC: allowed by ClusterRoleBinding \"v\" of ClusterRole \"view\" to User \"u\"",
            },
            await reviews.ReviewAsync(spec, default));
        Assert.Equal(new SubjectAccessReviewStatus(), await reviews.ReviewAsync(spec with { User = "v" }, default));
        Assert.Equal(
            new SubjectAccessReviewStatus { Allowed = true },
            await reviews.ReviewAsync(spec with { User = "v", Groups = ["system:masters"] }, default));
    }

    [Theory]
    [InlineData("a b c,,", null, "spec.resourceAttributes.fieldSelector ignored due to parse error")]
    [InlineData("", "Gt", "spec.resourceAttributes.fieldSelector ignored due to parse error")]
    [InlineData("a=b", null, "")]
    [InlineData("", "In", "")]
    public async Task Selectors_that_are_not_understood_are_left_out_and_told(string raw, string? verb, string error)
    {
        var status = await reviews.ReviewAsync(
            new UserInfo { Name = "v" },
            new ResourceAttributes
            {
                Verb = "list", Resource = "pods",
                FieldSelector = new()
                {
                    RawSelector = raw,
                    Requirements = verb is null
                        ? []
                        : [new() { Key = "spec.nodeName", Operator = verb, Values = ["a"] }],
                },
            },
            null,
            default);
        Assert.Equal(error, status.EvaluationError);
    }

    [Fact]
    public void Rules_of_nodes_can_not_be_listed_in_full()
    {
        var node = reviews.ListRules(new UserInfo { Name = "system:node:n", Groups = ["system:nodes"] }, "ns");
        Assert.True(node.Incomplete);
        Assert.Equal("node authorizer does not support user rule resolution", node.EvaluationError);
        var user = reviews.ListRules(new UserInfo { Name = "u" }, "ns");
        Assert.False(user.Incomplete);
        Assert.Equal(["pods"], Assert.Single(user.ResourceRules.AsSpan().ToArray()).Resources);
    }
}
