using Keelson.Api.Authorization.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>Role-based access control over the cluster's roles and bindings. The objects come in one by one; what they
/// mean together is worked out when the next request asks, and only for the parts that changed.</summary>
public sealed class RbacAuthorizer : IAuthorizer, IRuleResolver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, CompiledRole> clusterRoles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClusterRoleBinding> clusterBindings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NamespaceObjects> namespaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> changedNamespaces = new(StringComparer.Ordinal);
    private bool clusterRolesChanged;
    private bool clusterBindingsChanged;
    private volatile bool changed;
    private volatile RbacSnapshot snapshot = RbacSnapshot.Empty;

    private Action catchUp = static () => { };

    /// <summary>The picture of the moment.</summary>
    internal RbacSnapshot Snapshot
    {
        get
        {
            catchUp();
            return changed ? Refresh() : snapshot;
        }
    }

    /// <summary>Follows a server's roles and bindings.</summary>
    public void Follow(IObjectLookup lookup)
    {
        var clusterRoleFeed = new ChangeFeed<ClusterRole>(
            lookup, (_, name, role) => Apply(role, Set, () => RemoveClusterRole(name))).Start();
        var clusterBindingFeed = new ChangeFeed<ClusterRoleBinding>(
            lookup, (_, name, binding) => Apply(binding, Set, () => RemoveClusterRoleBinding(name))).Start();
        var roleFeed = new ChangeFeed<Role>(
            lookup, (scope, name, role) => Apply(role, Set, () => RemoveRole(scope, name))).Start();
        var bindingFeed = new ChangeFeed<RoleBinding>(
            lookup, (scope, name, binding) => Apply(binding, Set, () => RemoveRoleBinding(scope, name))).Start();
        catchUp = () =>
        {
            clusterRoleFeed.CatchUp();
            clusterBindingFeed.CatchUp();
            roleFeed.CatchUp();
            bindingFeed.CatchUp();
        };
    }

    /// <summary>Takes a role as it is now.</summary>
    public void Set(ClusterRole role) => Change(() =>
    {
        clusterRoles[role.Metadata.Name] = new CompiledRole(role.Rules);
        clusterRolesChanged = true;
    });

    /// <summary>Takes a role as it is now.</summary>
    public void Set(Role role) => Change(() =>
        Of(role.Metadata.Namespace).Roles[role.Metadata.Name] = new CompiledRole(role.Rules));

    /// <summary>Takes a binding as it is now.</summary>
    public void Set(ClusterRoleBinding binding) => Change(() =>
    {
        clusterBindings[binding.Metadata.Name] = binding;
        clusterBindingsChanged = true;
    });

    /// <summary>Takes a binding as it is now.</summary>
    public void Set(RoleBinding binding) => Change(() =>
        Of(binding.Metadata.Namespace).Bindings[binding.Metadata.Name] = binding);

    /// <summary>Forgets a role.</summary>
    public void RemoveClusterRole(string name) => Change(() => clusterRolesChanged |= clusterRoles.Remove(name));

    /// <summary>Forgets a role.</summary>
    public void RemoveRole(string objectNamespace, string name) => Change(() => Of(objectNamespace).Roles.Remove(name));

    /// <summary>Forgets a binding.</summary>
    public void RemoveClusterRoleBinding(string name) =>
        Change(() => clusterBindingsChanged |= clusterBindings.Remove(name));

    /// <summary>Forgets a binding.</summary>
    public void RemoveRoleBinding(string objectNamespace, string name) =>
        Change(() => Of(objectNamespace).Bindings.Remove(name));

    /// <summary>Decides, at once.</summary>
    public AuthorizationDecision Authorize(AuthorizationAttributes attributes) => Snapshot.Decide(attributes);

    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation) => new(Authorize(attributes));

    /// <inheritdoc/>
    public UserRules RulesFor(UserInfo user, string objectNamespace)
    {
        var (rules, errors) = Snapshot.RulesFor(user, objectNamespace);
        return new UserRules
        {
            Resources = [.. rules.Where(rule => rule.Resources.Count > 0).Select(rule => new ResourceRule
            {
                Verbs = rule.Verbs, ApiGroups = rule.ApiGroups, Resources = rule.Resources,
                ResourceNames = rule.ResourceNames,
            })],
            NonResources = [.. rules.Where(rule => rule.NonResourceURLs.Count > 0).Select(rule => new NonResourceRule
            {
                Verbs = rule.Verbs, NonResourceURLs = rule.NonResourceURLs,
            })],
            Errors = errors,
        };
    }

    private static void Apply<T>(T? obj, Action<T> set, Action remove)
        where T : class
    {
        if (obj is not null)
        {
            set(obj);
        }
        else
        {
            remove();
        }
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            changed = true;
        }
    }

    private NamespaceObjects Of(string name)
    {
        changedNamespaces.Add(name);
        if (!namespaces.TryGetValue(name, out var objects))
        {
            namespaces.Add(name, objects = new NamespaceObjects([], []));
        }
        return objects;
    }

    private RbacSnapshot Refresh()
    {
        lock (gate)
        {
            if (!changed)
            {
                return snapshot;
            }
            var next = snapshot;
            if (clusterRolesChanged)
            {
                next = next with { ClusterRoles = new(clusterRoles, StringComparer.Ordinal) };
            }
            if (clusterBindingsChanged)
            {
                next = next with { ClusterGrants = GrantIndex.Of(clusterBindings.Values) };
            }
            if (changedNamespaces.Count > 0)
            {
                next = next with { Namespaces = RefreshNamespaces(next.Namespaces) };
            }
            changedNamespaces.Clear();
            clusterRolesChanged = clusterBindingsChanged = false;
            snapshot = next;
            changed = false;
            return next;
        }
    }

    private Dictionary<string, NamespaceRules> RefreshNamespaces(Dictionary<string, NamespaceRules> present)
    {
        var next = new Dictionary<string, NamespaceRules>(present, StringComparer.Ordinal);
        foreach (var name in changedNamespaces)
        {
            var objects = namespaces[name];
            if (objects.Roles.Count == 0 && objects.Bindings.Count == 0)
            {
                namespaces.Remove(name);
                next.Remove(name);
                continue;
            }
            next[name] = new NamespaceRules(
                new(objects.Roles, StringComparer.Ordinal), GrantIndex.Of(objects.Bindings.Values));
        }
        return next;
    }

    private sealed record NamespaceObjects(
        Dictionary<string, CompiledRole> Roles, Dictionary<string, RoleBinding> Bindings);
}
