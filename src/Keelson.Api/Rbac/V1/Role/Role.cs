using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>Named set of permissions within one namespace.</summary>
[ApiType("io.k8s.api.rbac.v1.Role")]
[Kind(
    "rbac.authorization.k8s.io",
    "v1",
    "roles",
    Singular = "role",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "roles")]
public sealed partial record Role : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Permissions contained in this role; they add up, and nothing can be denied.</summary>
    [Field(2, Always = true, List = ListType.Atomic)]
    public partial ApiList<PolicyRule> Rules { get; init; }
}
