using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>
/// Set of permissions: the listed verbs on the listed resources or URLs. It names no subject and no namespace.
/// </summary>
[ApiType("io.k8s.api.rbac.v1.PolicyRule")]
public sealed partial record PolicyRule
{
    /// <summary>
    /// Operations allowed, such as get, list, watch, create, update, patch, delete. An asterisk stands for all,
    /// custom ones included.
    /// </summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>
    /// API groups of the resources. The empty string is the core group and an asterisk stands for all groups; a
    /// resource is allowed in any group listed.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> ApiGroups { get; init; }

    /// <summary>
    /// Resources in plural, such as pods; a subresource follows a slash, as in pods/log. An asterisk stands for all
    /// resources.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Resources { get; init; }

    /// <summary>
    /// Restricts the rule to objects of these names; if empty, all names. Requests that carry no name, such as
    /// create and deletecollection, are not allowed by a restricted rule.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> ResourceNames { get; init; }

    /// <summary>
    /// URL paths outside the resources, such as /healthz; an asterisk may stand as the last path element only.
    /// Effective only in a cluster role granted by a ClusterRoleBinding, and not together with API groups or
    /// resources.
    /// </summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> NonResourceURLs { get; init; }
}
