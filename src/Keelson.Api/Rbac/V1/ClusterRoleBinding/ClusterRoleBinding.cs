using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>Grants a cluster role to users, groups or service accounts throughout the cluster.</summary>
[ApiType("io.k8s.api.rbac.v1.ClusterRoleBinding")]
[Kind(
    "rbac.authorization.k8s.io",
    "v1",
    "clusterrolebindings",
    Singular = "clusterrolebinding",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "clusterrolebindings")]
public sealed partial record ClusterRoleBinding : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Who receives the permissions.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<Subject> Subjects { get; init; }

    /// <summary>
    /// Cluster role that is granted. Immutable; to grant another, create a new binding. A role that does not exist
    /// grants nothing.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial RoleRef RoleRef { get; init; }
}
