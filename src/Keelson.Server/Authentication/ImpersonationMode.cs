using Keelson.Server.Authorization;

namespace Keelson.Server.Authentication;

/// <summary>One way of being allowed to act as someone else. The plain one asks for the verb <c>impersonate</c> on each
/// part of the identity; the constrained ones ask for a verb of their kind of user, and besides whether the very
/// request may be made that way (<c>impersonate-on:KIND:VERB</c>).</summary>
internal sealed class ImpersonationMode
{
    private const string AuthenticationGroup = "authentication.k8s.io";

    private static readonly ImpersonationMode Plain = new("");
    private static readonly ImpersonationMode AssociatedNode = new("associated-node");
    private static readonly ImpersonationMode ArbitraryNode = new("arbitrary-node");
    private static readonly ImpersonationMode ServiceAccount = new("serviceaccount");
    private static readonly ImpersonationMode AnyUser = new("user-info");

    private readonly string kind;

    private ImpersonationMode(string kind) => this.kind = kind;

    private bool IsConstrained => kind.Length > 0;

    private string Verb => IsConstrained ? $"impersonate:{kind}" : "impersonate";

    /// <summary>The modes that apply; the plain one first, whose refusal is what the client is told.</summary>
    public static IEnumerable<ImpersonationMode> For(ImpersonationRequest wanted, UserInfo requestor)
    {
        yield return Plain;
        var user = wanted.User;
        var onlyName = user.Uid.Length == 0 && user.Groups.Count == 0 && user.Extra.Count == 0;
        if (NodeName(user.Name) is { } node)
        {
            if (onlyName)
            {
                if (ServiceAccountUsers.TrySplit(requestor.Name, out _, out _)
                    && requestor.ExtraValue(WellKnownUsers.NodeNameKey) == node)
                {
                    yield return AssociatedNode;
                }
                yield return ArbitraryNode;
            }
        }
        else if (!ServiceAccountUsers.TrySplit(user.Name, out _, out _))
        {
            yield return AnyUser;
        }
        else if (onlyName)
        {
            yield return ServiceAccount;
        }
    }

    public async ValueTask<ImpersonationOutcome> CheckAsync(
        IAuthorizer authorizer, ImpersonationRequest wanted, AuthorizationAttributes request,
        CancellationToken cancellation)
    {
        foreach (var (attributes, refusal) in Checks(wanted.User, request))
        {
            if (refusal is not null)
            {
                return new() { Forbidden = ForbiddenRequest.Of(attributes, refusal) };
            }
            var decision = await authorizer.AuthorizeAsync(attributes, cancellation);
            if (!decision.IsAllowed)
            {
                var reason = (decision.Error, decision.Reason) switch
                {
                    ({ } error, { Length: > 0 }) => $"{error}: {decision.Reason}",
                    ({ } error, _) => error,
                    _ => decision.Reason,
                };
                return new() { Forbidden = ForbiddenRequest.Of(attributes, reason) };
            }
        }
        return new() { User = Complete(wanted.User), Constraint = IsConstrained ? Verb : "" };
    }

    private IEnumerable<(AuthorizationAttributes Attributes, string? Refusal)> Checks(
        UserInfo wanted, AuthorizationAttributes request)
    {
        var requestor = Requestor(request.User);
        if (IsConstrained)
        {
            yield return (request with { User = requestor, Verb = $"impersonate-on:{kind}:{request.Verb}" }, null);
        }
        var attributes = new AuthorizationAttributes
        {
            User = requestor, Verb = Verb, ApiGroup = IsConstrained ? AuthenticationGroup : "", ApiVersion = "v1",
        };
        yield return (NameCheck(attributes, wanted.Name), null);
        var identity = attributes with { ApiGroup = AuthenticationGroup };
        if (wanted.Uid.Length > 0)
        {
            yield return (identity with { Resource = "uids", Name = wanted.Uid }, null);
        }
        foreach (var group in wanted.Groups)
        {
            yield return (attributes with { Resource = "groups", Name = group }, RefuseGroup(group));
        }
        foreach (var (key, values) in wanted.Extra)
        {
            foreach (var value in values)
            {
                var check = identity with { Resource = "userextras", Subresource = key, Name = value };
                yield return (check, IsConstrained && (key.Length == 0 || value.Length == 0)
                    ? "impersonating the empty string key in extra is not allowed"
                    : null);
            }
        }
    }

    private AuthorizationAttributes NameCheck(AuthorizationAttributes attributes, string userName)
    {
        if (ServiceAccountUsers.TrySplit(userName, out var accountNamespace, out var account))
        {
            return attributes with { Resource = "serviceaccounts", Namespace = accountNamespace, Name = account };
        }
        if (IsConstrained && NodeName(userName) is { } node)
        {
            // An agent that runs on every node has one rule for "the node I am on", so the name says nothing.
            return attributes with { Resource = "nodes", Name = this == AssociatedNode ? "*" : node };
        }
        return attributes with { Resource = "users", Name = userName };
    }

    // For the same reason the rule can't depend on the requestor's node or pod, only on its having them.
    private UserInfo Requestor(UserInfo user) => this != AssociatedNode ? user : user with
    {
        Extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["authentication.kubernetes.io/associated-node-keys"] = [.. user.Extra.Keys.Order(StringComparer.Ordinal)],
        },
    };

    private string? RefuseGroup(string group) => (IsConstrained, group) switch
    {
        (true, "") => "impersonating the empty string group is not allowed",
        (true, WellKnownUsers.MastersGroup) => "impersonating the system:masters group is not allowed",
        _ => null,
    };

    private UserInfo Complete(UserInfo wanted)
    {
        IReadOnlyList<string> groups = wanted.Groups;
        if (groups.Count == 0 && ServiceAccountUsers.TrySplit(wanted.Name, out var accountNamespace, out _))
        {
            groups = ServiceAccountUsers.Groups(accountNamespace);
        }
        else if (IsConstrained && NodeName(wanted.Name) is not null)
        {
            groups = [WellKnownUsers.NodesGroup];
        }
        var isAnonymous = wanted.Name == WellKnownUsers.Anonymous;
        var added = isAnonymous ? WellKnownUsers.UnauthenticatedGroup : WellKnownUsers.AuthenticatedGroup;
        var isComplete = groups.Contains(added, StringComparer.Ordinal)
            || (!isAnonymous && groups.Contains(WellKnownUsers.UnauthenticatedGroup, StringComparer.Ordinal));
        return wanted with { Groups = isComplete ? groups : [.. groups, added] };
    }

    private static string? NodeName(string userName) =>
        userName.StartsWith(WellKnownUsers.NodePrefix, StringComparison.Ordinal)
            && userName.Length > WellKnownUsers.NodePrefix.Length
            ? userName[WellKnownUsers.NodePrefix.Length..]
            : null;
}
