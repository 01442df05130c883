using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Validation;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>What is wrong with a write of a role or binding.</summary>
/// <param name="Forbidden">The write grants what its user doesn't hold.</param>
/// <param name="MissingRole">The role that a binding names doesn't exist; told as 404 of the binding's
/// resource.</param>
public sealed record EscalationRefusal(ForbiddenRequest? Forbidden, string? MissingRole = null);

/// <summary>Keeps users from granting more than they hold: whoever writes a role has to hold all its permissions, or
/// the verb <c>escalate</c>; whoever writes a binding has to hold all of its role's, or the verb <c>bind</c> on the
/// role.
/// </summary>
public sealed class RoleEscalation(RbacAuthorizer rules, IAuthorizer authorizer)
{
    private const string Group = "rbac.authorization.k8s.io";

    private static readonly PolicyRule[] FullAuthority =
    [
        new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] },
        new() { Verbs = ["*"], NonResourceURLs = ["*"] },
    ];

    /// <summary>Checks a role about to be created or updated.</summary>
    public async ValueTask<EscalationRefusal?> CheckAsync(
        AuthorizationAttributes request, Role role, Role? old, CancellationToken cancellation) =>
        (old is not null && ChangesOnlyOwnership(role, old)) || await MayEscalateAsync(request, cancellation)
            ? null
            : Refuse(request.User, role.Metadata.Namespace, role.Rules, "roles", role.Metadata.Name);

    /// <summary>Checks a cluster role about to be created or updated.</summary>
    public async ValueTask<EscalationRefusal?> CheckAsync(
        AuthorizationAttributes request, ClusterRole role, ClusterRole? old, CancellationToken cancellation)
    {
        var (user, name) = (request.User, role.Metadata.Name);
        if ((old is not null && ChangesOnlyOwnership(role, old)) || await MayEscalateAsync(request, cancellation))
        {
            return null;
        }
        if (Refuse(user, "", role.Rules, "clusterroles", name) is { } refusal)
        {
            return refusal;
        }
        // An aggregation rule gathers whatever comes to match, so only those who hold everything may set one.
        var aggregates = role.AggregationRule is { ClusterRoleSelectors.Count: > 0 }
            || old?.AggregationRule is { ClusterRoleSelectors.Count: > 0 };
        return aggregates && Describe(user, "", FullAuthority) is not null
            ? new(ForbiddenRequest.Of(
                Group, "clusterroles", name, "must have cluster-admin privileges to use the aggregationRule"))
            : null;
    }

    /// <summary>Checks a binding about to be created or updated.</summary>
    public ValueTask<EscalationRefusal?> CheckAsync(
        AuthorizationAttributes request, RoleBinding binding, RoleBinding? old, CancellationToken cancellation) =>
        old is not null && ChangesOnlyOwnership(binding, old)
            ? new((EscalationRefusal?)null)
            : CheckBindingAsync(
                request.User, binding.RoleRef, binding.Metadata.Namespace, "rolebindings", binding.Metadata.Name,
                cancellation);

    /// <summary>Checks a cluster binding about to be created or updated.</summary>
    public ValueTask<EscalationRefusal?> CheckAsync(
        AuthorizationAttributes request, ClusterRoleBinding binding, ClusterRoleBinding? old, CancellationToken cancellation) =>
        old is not null && ChangesOnlyOwnership(binding, old)
            ? new((EscalationRefusal?)null)
            : CheckBindingAsync(
                request.User, binding.RoleRef, "", "clusterrolebindings", binding.Metadata.Name, cancellation);

    private async ValueTask<EscalationRefusal?> CheckBindingAsync(
        UserInfo user, RoleRef reference, string bindingNamespace, string resource, string name,
        CancellationToken cancellation)
    {
        if (IsMaster(user) || await MayBindAsync(user, reference, bindingNamespace, cancellation))
        {
            return null;
        }
        return rules.Snapshot.Resolve(reference, bindingNamespace, out _) is { } role
            ? Refuse(user, bindingNamespace, role.Rules, resource, name)
            : new(null, reference.Name);
    }

    private EscalationRefusal? Refuse(
        UserInfo user, string scope, ApiList<PolicyRule> wanted, string resource, string name) =>
        Describe(user, scope, wanted) is { } text ? new(ForbiddenRequest.Of(Group, resource, name, text)) : null;

    private string? Describe(UserInfo user, string scope, IEnumerable<PolicyRule> wanted)
    {
        var (held, errors) = rules.Snapshot.RulesFor(user, scope);
        var missing = RuleCoverage.Missing(held, wanted);
        if (missing.Count == 0)
        {
            return null;
        }
        var groups = string.Join(' ', user.Groups.Select(GoText.Quote));
        var text = $"user {GoText.Quote(user.Name)} (groups=[{groups}]) is attempting to grant RBAC permissions not "
            + $"currently held:\n{RuleCoverage.Describe(missing)}";
        return errors.Count == 0 ? text : $"{text}; resolution errors: [{string.Join(' ', errors)}]";
    }

    private async ValueTask<bool> MayEscalateAsync(AuthorizationAttributes request, CancellationToken cancellation)
    {
        if (IsMaster(request.User))
        {
            return true;
        }
        if (!request.IsResourceRequest
            || request.ApiGroup != Group
            || request.Resource is not ("roles" or "clusterroles"))
        {
            return false;
        }
        var escalation = new AuthorizationAttributes
        {
            User = request.User, Verb = "escalate", ApiGroup = Group, ApiVersion = "*", Resource = request.Resource,
            Namespace = request.Namespace, Name = request.Name,
        };
        return (await authorizer.AuthorizeAsync(escalation, cancellation)).IsAllowed;
    }

    private async ValueTask<bool> MayBindAsync(
        UserInfo user, RoleRef reference, string bindingNamespace, CancellationToken cancellation)
    {
        var attributes = new AuthorizationAttributes
        {
            User = user, Verb = "bind", ApiGroup = reference.ApiGroup, ApiVersion = "*",
            Resource = reference.Kind == "Role" ? "roles" : "clusterroles",
            Namespace = bindingNamespace, Name = reference.Name,
        };
        return (await authorizer.AuthorizeAsync(attributes, cancellation)).IsAllowed;
    }

    // The garbage collector has to be able to finish deletions of roles it doesn't hold the permissions of.
    private static bool ChangesOnlyOwnership<T>(T next, T old)
        where T : class, Keelson.Api.Kinds.IObject => next.WithMetadata(next.Metadata with
        {
            ManagedFields = old.Metadata.ManagedFields, OwnerReferences = old.Metadata.OwnerReferences,
            Finalizers = old.Metadata.Finalizers, ResourceVersion = old.Metadata.ResourceVersion,
        }).Equals(old);

    private static bool IsMaster(UserInfo user) => user.Groups.Contains(WellKnownUsers.MastersGroup);
}
