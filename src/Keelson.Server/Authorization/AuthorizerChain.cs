using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization;

/// <summary>The authorizers in order: the first that allows or denies decides.</summary>
public sealed class AuthorizerChain(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    /// <inheritdoc/>
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        string reasons = "";
        List<string>? errors = null;
        foreach (var authorizer in authorizers)
        {
            var decision = await authorizer.AuthorizeAsync(attributes, cancellation);
            if (decision.Verdict != AuthorizationVerdict.NoOpinion)
            {
                return decision;
            }
            if (decision.Reason.Length > 0)
            {
                reasons = reasons.Length == 0 ? decision.Reason : $"{reasons}\n{decision.Reason}";
            }
            if (decision.Error is { } error)
            {
                (errors ??= []).Add(error);
            }
        }
        var joined = errors switch
        {
            null => null,
            [var only] => only,
            _ => $"[{string.Join(", ", errors.Distinct(StringComparer.Ordinal))}]",
        };
        return new AuthorizationDecision(AuthorizationVerdict.NoOpinion, reasons, joined);
    }
}

/// <summary>Allows everything (<c>--authorization-mode=AlwaysAllow</c>).</summary>
public sealed class AlwaysAllowAuthorizer : IAuthorizer, IRuleResolver
{
    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation) => new(AuthorizationDecision.Allow);

    /// <inheritdoc/>
    public UserRules RulesFor(UserInfo user, string objectNamespace) => new()
    {
        Resources = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }],
        NonResources = [new() { Verbs = ["*"], NonResourceURLs = ["*"] }],
    };
}

/// <summary>Allows nothing (<c>--authorization-mode=AlwaysDeny</c>); what comes later may still allow.</summary>
public sealed class AlwaysDenyAuthorizer : IAuthorizer, IRuleResolver
{
    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation) =>
        new(new AuthorizationDecision(AuthorizationVerdict.NoOpinion, "Everything is forbidden."));

    /// <inheritdoc/>
    public UserRules RulesFor(UserInfo user, string objectNamespace) => new();
}

/// <summary>Allows the members of a group everything, before anybody else is asked.</summary>
public sealed class PrivilegedGroupAuthorizer(string group) : IAuthorizer
{
    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        foreach (var one in attributes.User.Groups)
        {
            if (one == group)
            {
                return new(AuthorizationDecision.Allow);
            }
        }
        return new(AuthorizationDecision.NoOpinion);
    }
}
