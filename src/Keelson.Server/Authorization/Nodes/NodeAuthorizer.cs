using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization.Rbac;

namespace Keelson.Server.Authorization.Nodes;

/// <summary>Lets the nodes' agents reach what the pods on their node need, and nothing of other nodes.</summary>
/// <param name="graph">What is in use where.</param>
/// <param name="rules">What every node may do besides: the rules of the cluster role <c>system:node</c>.</param>
public sealed class NodeAuthorizer(NodeGraph graph, ApiList<PolicyRule> rules) : IAuthorizer, IRuleResolver
{
    private const string LeaseNamespace = "kube-node-lease";

    private readonly CompiledRole nodeRules = new(rules);

    /// <inheritdoc/>
    public ValueTask<AuthorizationDecision> AuthorizeAsync(
        AuthorizationAttributes attributes, CancellationToken cancellation) => new(Authorize(attributes));

    /// <inheritdoc/>
    public UserRules RulesFor(UserInfo user, string objectNamespace) => NodeOf(user) is null
        ? new UserRules()
        : new UserRules
        {
            IsIncomplete = true,
            Errors = ["node authorizer does not support user rule resolution"],
        };

    /// <summary>The node whose agent a user is; null for other users.</summary>
    public static string? NodeOf(UserInfo user)
    {
        if (!user.Name.StartsWith(WellKnownUsers.NodePrefix, StringComparison.Ordinal))
        {
            return null;
        }
        foreach (var group in user.Groups)
        {
            if (group == WellKnownUsers.NodesGroup)
            {
                return user.Name[WellKnownUsers.NodePrefix.Length..];
            }
        }
        return null;
    }

    /// <summary>Decides, at once.</summary>
    public AuthorizationDecision Authorize(AuthorizationAttributes attributes)
    {
        if (NodeOf(attributes.User) is not { } node)
        {
            return AuthorizationDecision.NoOpinion;
        }
        if (node.Length == 0)
        {
            return Refuse($"unknown node for user {GoText.Quote(attributes.User.Name)}");
        }
        if (!attributes.IsResourceRequest)
        {
            return ByRules(attributes);
        }
        return (attributes.ApiGroup, attributes.Resource) switch
        {
            ("", "secrets") => Read(node, ReachableKind.Secret, attributes),
            ("", "configmaps") => Read(node, ReachableKind.ConfigMap, attributes),
            ("", "persistentvolumeclaims") when attributes.Subresource == "status" =>
                UpdateClaimStatus(node, attributes),
            ("", "persistentvolumeclaims") =>
                Get(attributes) ?? Reach(node, ReachableKind.PersistentVolumeClaim, attributes),
            ("", "persistentvolumes") =>
                Get(attributes) ?? Related(node, attributes, graph.IsVolumeUsedOn(node, attributes.Name)),
            ("resource.k8s.io", "resourceclaims") =>
                Get(attributes) ?? Reach(node, ReachableKind.ResourceClaim, attributes),
            ("storage.k8s.io", "volumeattachments") =>
                Get(attributes) ?? Related(node, attributes, graph.IsAttachmentOf(node, attributes.Name)),
            ("", "serviceaccounts") => CreateToken(node, attributes),
            ("coordination.k8s.io", "leases") => OwnLease(node, attributes),
            ("storage.k8s.io", "csinodes") => OwnCsiNode(node, attributes),
            ("resource.k8s.io", "resourceslices") => OwnSlices(node, attributes),
            ("", "nodes") => OwnNode(node, attributes),
            ("", "pods") => OwnPods(node, attributes),
            _ => ByRules(attributes),
        };
    }

    private AuthorizationDecision ByRules(AuthorizationAttributes attributes) =>
        nodeRules.Allows(attributes, VerbSets.Of(attributes.Verb))
            ? AuthorizationDecision.Allow
            : AuthorizationDecision.NoOpinion;

    private AuthorizationDecision Read(string node, ReachableKind kind, AuthorizationAttributes attributes)
    {
        if (!attributes.IsReadOnly)
        {
            return Refuse("can only read resources of this type");
        }
        if (attributes.Subresource.Length > 0)
        {
            return Refuse("cannot read subresource");
        }
        return attributes.Namespace.Length == 0
            ? Refuse("can only read namespaced object of this type")
            : Reach(node, kind, attributes);
    }

    private AuthorizationDecision UpdateClaimStatus(string node, AuthorizationAttributes attributes) =>
        attributes.Verb is "update" or "patch"
            ? Reach(node, ReachableKind.PersistentVolumeClaim, attributes)
            : Refuse("can only get/update/patch this type");

    private static AuthorizationDecision? Get(AuthorizationAttributes attributes)
    {
        if (attributes.Verb != "get")
        {
            return Refuse("can only get individual resources of this type");
        }
        return attributes.Subresource.Length > 0 ? Refuse("cannot get subresource") : null;
    }

    private AuthorizationDecision Reach(string node, ReachableKind kind, AuthorizationAttributes attributes) => Related(
        node, attributes, graph.IsUsedOn(node, new ReachableObject(kind, attributes.Namespace, attributes.Name)));

    private static AuthorizationDecision Related(string node, AuthorizationAttributes attributes, bool isRelated)
    {
        if (attributes.Name.Length == 0)
        {
            return Refuse("No Object name found");
        }
        return isRelated
            ? AuthorizationDecision.Allow
            : Refuse($"no relationship found between node '{node}' and this object");
    }

    private AuthorizationDecision CreateToken(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb != "create" || attributes.Name.Length == 0)
        {
            return Refuse("can only create tokens for individual service accounts");
        }
        return attributes.Subresource != "token"
            ? Refuse("can only create token subresource of serviceaccount")
            : Reach(node, ReachableKind.ServiceAccount, attributes);
    }

    private static AuthorizationDecision OwnLease(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return Refuse("can only get, create, update, patch, or delete a node lease");
        }
        if (attributes.Namespace != LeaseNamespace)
        {
            return Refuse($"can only access leases in the {GoText.Quote(LeaseNamespace)} system namespace");
        }
        // A request to create has no name here; admission looks at the object's.
        return attributes.Verb != "create" && attributes.Name != node
            ? Refuse("can only access node lease with the same name as the requesting node")
            : AuthorizationDecision.Allow;
    }

    private static AuthorizationDecision OwnCsiNode(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return Refuse("can only get, create, update, patch, or delete a CSINode");
        }
        if (attributes.Subresource.Length > 0)
        {
            return Refuse("cannot authorize CSINode subresources");
        }
        return attributes.Verb != "create" && attributes.Name != node
            ? Refuse("can only access CSINode with the same name as the requesting node")
            : AuthorizationDecision.Allow;
    }

    private AuthorizationDecision OwnSlices(string node, AuthorizationAttributes attributes)
    {
        if (attributes.Subresource.Length > 0)
        {
            return Refuse("cannot authorize ResourceSlice subresources");
        }
        return attributes.Verb switch
        {
            "create" => AuthorizationDecision.Allow,
            "get" or "update" or "patch" or "delete" =>
                Related(node, attributes, graph.IsSliceOf(node, attributes.Name)),
            "watch" or "list" or "deletecollection" => Selects(attributes, "spec.nodeName", node)
                ? AuthorizationDecision.Allow
                : Refuse("can only list/watch/deletecollection resourceslices with nodeName field selector"),
            _ => Refuse("only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, "
                + "patch, delete, deletecollection"),
        };
    }

    private static AuthorizationDecision OwnNode(string node, AuthorizationAttributes attributes) =>
        (attributes.Subresource, attributes.Verb) switch
        {
            ("", "create" or "update" or "patch") or ("status", "update" or "patch") => AuthorizationDecision.Allow,
            ("", "get" or "list" or "watch") when attributes.Name == node => AuthorizationDecision.Allow,
            ("", "get" or "list" or "watch") when attributes.Name.Length == 0 =>
                Refuse($"node '{node}' cannot read all nodes, only its own Node object"),
            ("", "get" or "list" or "watch") =>
                Refuse($"node '{node}' cannot read '{attributes.Name}', only its own Node object"),
            _ => AuthorizationDecision.NoOpinion,
        };

    private AuthorizationDecision OwnPods(string node, AuthorizationAttributes attributes) =>
        (attributes.Subresource, attributes.Verb) switch
        {
            ("", "get") => Reach(node, ReachableKind.Pod, attributes),
            ("", "list" or "watch") when Selects(attributes, "spec.nodeName", node) => AuthorizationDecision.Allow,
            ("", "list" or "watch") when attributes.Name.Length > 0 => Reach(node, ReachableKind.Pod, attributes),
            ("", "list" or "watch") => Refuse("can only list/watch pods with spec.nodeName field selector"),
            ("", "create" or "delete") or ("status", "update" or "patch") or ("eviction", "create") =>
                AuthorizationDecision.Allow,
            _ => AuthorizationDecision.NoOpinion,
        };

    private static bool Selects(AuthorizationAttributes attributes, string field, string node) =>
        attributes.FieldRequirements.Any(requirement =>
            !requirement.IsNegated && requirement.Field == field && requirement.Value == node);

    private static AuthorizationDecision Refuse(string reason) => new(AuthorizationVerdict.NoOpinion, reason);
}
