using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Bounds on what all objects of a namespace consume together.</summary>
[ApiType("io.k8s.api.core.v1.ResourceQuota")]
[Kind(
    "",
    "v1",
    "resourcequotas",
    Singular = "resourcequota",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "quota",
    StoragePrefix = "resourcequotas")]
public sealed partial record ResourceQuota : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The bounds.</summary>
    [Field(2)]
    public partial ResourceQuotaSpec Spec { get; init; }

    /// <summary>The bounds in force and the consumption.</summary>
    [Field(3)]
    public partial ResourceQuotaStatus Status { get; init; }
}
