using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>A role given to one subject by one binding.</summary>
internal sealed class RoleGrant(RoleRef role, string bindingKind, string bindingName, Subject subject, string fallback)
{
    private string? reason;

    public RoleRef Role => role;

    /// <summary>Why this grant allows something; made once.</summary>
    public string Reason => reason ??= $"RBAC: allowed by {bindingKind} {GoText.Quote(bindingName)} of {role.Kind} "
        + $"{GoText.Quote(role.Name)} to {subject.Kind} {GoText.Quote(SubjectName)}";

    private string SubjectName => subject.Kind != "ServiceAccount"
        ? subject.Name
        : $"{subject.Name}/{(subject.Namespace.Length > 0 ? subject.Namespace : fallback)}";
}

/// <summary>The grants of some bindings, found by user and by group.</summary>
internal sealed class GrantIndex
{
    private readonly Dictionary<string, RoleGrant[]> byUser;
    private readonly Dictionary<string, RoleGrant[]> byGroup;

    private GrantIndex(Dictionary<string, List<RoleGrant>> users, Dictionary<string, List<RoleGrant>> groups)
    {
        byUser = users.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
        byGroup = groups.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
    }

    public static GrantIndex Empty { get; } = new([], []);

    public static GrantIndex Of(IEnumerable<ClusterRoleBinding> bindings)
    {
        var builder = new Builder();
        foreach (var binding in bindings.OrderBy(binding => binding.Metadata.Name, StringComparer.Ordinal))
        {
            builder.Add(binding.Subjects, "", subject =>
                new RoleGrant(binding.RoleRef, "ClusterRoleBinding", binding.Metadata.Name, subject, ""));
        }
        return builder.Build();
    }

    public static GrantIndex Of(IEnumerable<RoleBinding> bindings)
    {
        var builder = new Builder();
        foreach (var binding in bindings.OrderBy(binding => binding.Metadata.Name, StringComparer.Ordinal))
        {
            var (name, bindingNamespace) = (binding.Metadata.Name, binding.Metadata.Namespace);
            builder.Add(binding.Subjects, bindingNamespace, subject => new RoleGrant(
                binding.RoleRef, "RoleBinding", $"{name}/{bindingNamespace}", subject, bindingNamespace));
        }
        return builder.Build();
    }

    public ReadOnlySpan<RoleGrant> OfUser(string name) => byUser.GetValueOrDefault(name);

    public ReadOnlySpan<RoleGrant> OfGroup(string name) => byGroup.GetValueOrDefault(name);

    private sealed class Builder
    {
        private readonly Dictionary<string, List<RoleGrant>> users = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<RoleGrant>> groups = new(StringComparer.Ordinal);

        public void Add(ApiList<Subject> subjects, string bindingNamespace, Func<Subject, RoleGrant> grant)
        {
            foreach (var subject in subjects)
            {
                switch (subject.Kind)
                {
                    case "User":
                        Add(users, subject.Name, grant(subject));
                        break;
                    case "Group":
                        Add(groups, subject.Name, grant(subject));
                        break;
                    case "ServiceAccount":
                        var accountNamespace = subject.Namespace.Length > 0 ? subject.Namespace : bindingNamespace;
                        if (accountNamespace.Length > 0)
                        {
                            Add(users, ServiceAccountUsers.UserName(accountNamespace, subject.Name), grant(subject));
                        }
                        break;
                }
            }
        }

        public GrantIndex Build() => new(users, groups);

        private static void Add(Dictionary<string, List<RoleGrant>> index, string key, RoleGrant grant)
        {
            if (!index.TryGetValue(key, out var list))
            {
                index.Add(key, list = []);
            }
            list.Add(grant);
        }
    }
}

/// <summary>The roles and grants of one namespace.</summary>
internal sealed record NamespaceRules(Dictionary<string, CompiledRole> Roles, GrantIndex Grants);

/// <summary>An immutable picture of all roles and bindings; nothing in it is changed after it was made.</summary>
internal sealed record RbacSnapshot(
    Dictionary<string, CompiledRole> ClusterRoles,
    GrantIndex ClusterGrants,
    Dictionary<string, NamespaceRules> Namespaces)
{
    public static RbacSnapshot Empty { get; } = new([], GrantIndex.Empty, []);

    /// <summary>Decides. Bindings of the cluster come first, then those of the namespace.</summary>
    public AuthorizationDecision Decide(AuthorizationAttributes attributes)
    {
        var verb = VerbSets.Of(attributes.Verb);
        List<string>? errors = null;
        if (FindGrant(ClusterGrants, null, attributes, verb, ref errors) is { } grant)
        {
            return new(AuthorizationVerdict.Allow, grant.Reason);
        }
        if (attributes.Namespace.Length > 0
            && Namespaces.TryGetValue(attributes.Namespace, out var rules)
            && FindGrant(rules.Grants, rules, attributes, verb, ref errors) is { } local)
        {
            return new(AuthorizationVerdict.Allow, local.Reason);
        }
        return errors is null
            ? AuthorizationDecision.NoOpinion
            : new(AuthorizationVerdict.NoOpinion, $"RBAC: {Join(errors)}");
    }

    /// <summary>All rules that hold for a user in a namespace, and what is wrong with some bindings.</summary>
    public (List<PolicyRule> Rules, List<string> Errors) RulesFor(UserInfo user, string objectNamespace)
    {
        var rules = new List<PolicyRule>();
        var errors = new List<string>();
        Collect(ClusterGrants, null);
        if (objectNamespace.Length > 0 && Namespaces.TryGetValue(objectNamespace, out var local))
        {
            Collect(local.Grants, local);
        }
        return (rules, errors);

        void Collect(GrantIndex grants, NamespaceRules? scope)
        {
            Add(grants.OfUser(user.Name), scope);
            foreach (var group in user.Groups)
            {
                Add(grants.OfGroup(group), scope);
            }
        }

        void Add(ReadOnlySpan<RoleGrant> grants, NamespaceRules? scope)
        {
            foreach (var grant in grants)
            {
                if (Resolve(grant.Role, scope, out var error) is { } role)
                {
                    rules.AddRange(role.Rules);
                }
                else
                {
                    errors.Add(error!);
                }
            }
        }
    }

    /// <summary>The role that a binding in a namespace names (empty for a binding of the cluster).</summary>
    public CompiledRole? Resolve(RoleRef reference, string bindingNamespace, out string? error) =>
        Resolve(reference, Namespaces.GetValueOrDefault(bindingNamespace), out error);

    private CompiledRole? Resolve(RoleRef reference, NamespaceRules? scope, out string? error)
    {
        error = null;
        CompiledRole? role = null;
        switch (reference.Kind)
        {
            case "ClusterRole" when ClusterRoles.TryGetValue(reference.Name, out role):
            case "Role" when scope is not null && scope.Roles.TryGetValue(reference.Name, out role):
                return role;
            case "ClusterRole" or "Role":
                var resource = reference.Kind == "Role" ? "role" : "clusterrole";
                error = $"{resource}.rbac.authorization.k8s.io {GoText.Quote(reference.Name)} not found";
                return null;
            default:
                error = $"unsupported role reference kind: {GoText.Quote(reference.Kind)}";
                return null;
        }
    }

    private RoleGrant? FindGrant(
        GrantIndex grants, NamespaceRules? scope, AuthorizationAttributes attributes, VerbSet verb,
        ref List<string>? errors)
    {
        if (FindGrant(grants.OfUser(attributes.User.Name), scope, attributes, verb, ref errors) is { } grant)
        {
            return grant;
        }
        var groups = attributes.User.Groups;
        for (var i = 0; i < groups.Count; i++)
        {
            if (FindGrant(grants.OfGroup(groups[i]), scope, attributes, verb, ref errors) is { } ofGroup)
            {
                return ofGroup;
            }
        }
        return null;
    }

    private RoleGrant? FindGrant(
        ReadOnlySpan<RoleGrant> grants, NamespaceRules? scope, AuthorizationAttributes attributes, VerbSet verb,
        ref List<string>? errors)
    {
        foreach (var grant in grants)
        {
            if (Resolve(grant.Role, scope, out var error) is not { } role)
            {
                (errors ??= []).Add(error!);
            }
            else if (role.Allows(attributes, verb))
            {
                return grant;
            }
        }
        return null;
    }

    private static string Join(List<string> errors)
    {
        var distinct = errors.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count == 1 ? distinct[0] : $"[{string.Join(", ", distinct)}]";
    }
}
