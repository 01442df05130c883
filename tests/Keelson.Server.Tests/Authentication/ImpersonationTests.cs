using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Tests.Authentication;

public sealed class ImpersonationTests : IAuthorizer
{
    private readonly List<string> asked = [];
    private Func<AuthorizationAttributes, bool> allows = _ => true;

    [Fact]
    public async Task Every_part_of_the_identity_is_asked_for()
    {
        allows = attributes => attributes.Verb == "impersonate";
        var headers = Headers(
            ("Impersonate-User", "u"), ("Impersonate-Group", "g1"), ("Impersonate-Group", "dev:team"),
            ("Impersonate-Uid", "abc-123"), ("Impersonate-Extra-Scopes", "view"),
            ("Impersonate-Extra-example.com%2fProject", "p1"));
        var user = (await ApplyAsync(headers)).User!;
        Assert.Equal(
            [
                "impersonate users. u", "impersonate uids.authentication.k8s.io abc-123", "impersonate groups. g1",
                "impersonate groups. dev:team", "impersonate userextras/example.com/project.authentication.k8s.io p1",
                "impersonate userextras/scopes.authentication.k8s.io view",
            ],
            asked);
        Assert.Equal(("u", "abc-123"), (user.Name, user.Uid));
        Assert.Equal(["g1", "dev:team", "system:authenticated"], user.Groups);
        Assert.Equal(["p1"], user.Extra["example.com/project"]);
        Assert.Empty(headers);
    }

    [Theory]
    [InlineData("u", "system:authenticated")]
    [InlineData("system:anonymous", "system:unauthenticated")]
    [InlineData("system:serviceaccount:ns:bot",
        "system:serviceaccounts,system:serviceaccounts:ns,system:authenticated")]
    public async Task Groups_that_follow_from_the_name_are_added(string name, string groups)
    {
        var user = (await ApplyAsync(Headers(("Impersonate-User", name)))).User!;
        Assert.Equal(groups.Split(','), user.Groups);
    }

    [Fact]
    public async Task A_refusal_names_the_part()
    {
        allows = attributes => attributes.Resource == "users";
        var outcome = await ApplyAsync(Headers(("Impersonate-User", "u"), ("Impersonate-Group", "g")));
        Assert.Equal(
            "groups \"g\" is forbidden: User \"admin\" cannot impersonate resource \"groups\" in API group \"\" at the "
            + "cluster scope",
            outcome.Forbidden!.Message);
        Assert.Null(outcome.User);
    }

    [Fact]
    public async Task Groups_without_a_user_make_no_sense()
    {
        var outcome = await ApplyAsync(Headers(("Impersonate-Group", "g")));
        Assert.Equal(
            "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"g\"}, Extra:map[string][]string(nil)} "
            + "without impersonating a user name",
            outcome.Malformed);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_constrained_impersonator_needs_both_the_identity_and_the_action()
    {
        allows = attributes =>
            attributes.Verb.StartsWith("impersonate:") || attributes.Verb.StartsWith("impersonate-on:");
        var outcome = await ApplyAsync(Headers(("Impersonate-User", "system:node:n1")));
        Assert.Equal(
            [
                "impersonate users. system:node:n1", "impersonate-on:arbitrary-node:list pods. ",
                "impersonate:arbitrary-node nodes.authentication.k8s.io n1",
            ],
            asked);
        Assert.Equal("impersonate:arbitrary-node", outcome.Constraint);
        Assert.Equal(["system:nodes", "system:authenticated"], outcome.User!.Groups);

        allows = attributes => attributes.Verb.StartsWith("impersonate:");
        Assert.NotNull((await ApplyAsync(Headers(("Impersonate-User", "system:node:n1")))).Forbidden);
    }

    [Fact]
    public async Task A_constrained_impersonator_never_becomes_a_master()
    {
        allows = attributes => attributes.Verb != "impersonate";
        var outcome = await ApplyAsync(Headers(("Impersonate-User", "u"), ("Impersonate-Group", "system:masters")));
        Assert.NotNull(outcome.Forbidden);
    }

    [Fact]
    public async Task A_request_without_the_headers_is_left_alone() =>
        Assert.Same(ImpersonationOutcome.None, await ApplyAsync(Headers(("Accept", "*/*"))));

    ValueTask<AuthorizationDecision> IAuthorizer.AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        var resource = attributes.Subresource.Length > 0
            ? $"{attributes.Resource}/{attributes.Subresource}"
            : attributes.Resource;
        asked.Add($"{attributes.Verb} {resource}.{attributes.ApiGroup} {attributes.Name}");
        return new(allows(attributes) ? AuthorizationDecision.Allow : AuthorizationDecision.NoOpinion);
    }

    private ValueTask<ImpersonationOutcome> ApplyAsync(IHeaderDictionary headers) => new Impersonation(this).ApplyAsync(
        headers,
        new AuthorizationAttributes { User = new UserInfo { Name = "admin" }, Verb = "list", Resource = "pods" },
        default);

    private static HeaderDictionary Headers(params (string Name, string Value)[] values)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in values)
        {
            headers.Append(name, value);
        }
        return headers;
    }
}
