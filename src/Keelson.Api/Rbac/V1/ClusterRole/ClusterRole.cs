using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>
/// Named set of permissions that applies to the whole cluster. A ClusterRoleBinding grants it everywhere, a
/// RoleBinding only within one namespace.
/// </summary>
[ApiType("io.k8s.api.rbac.v1.ClusterRole")]
[Kind(
    "rbac.authorization.k8s.io",
    "v1",
    "clusterroles",
    Singular = "clusterrole",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "clusterroles")]
public sealed partial record ClusterRole : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Permissions contained in this role; they add up, and nothing can be denied.</summary>
    [Field(2, Always = true, List = ListType.Atomic)]
    public partial ApiList<PolicyRule> Rules { get; init; }

    /// <summary>
    /// If set, a controller fills rules from the selected cluster roles and overwrites direct changes to them.
    /// </summary>
    [Field(3)]
    public partial AggregationRule? AggregationRule { get; init; }
}
