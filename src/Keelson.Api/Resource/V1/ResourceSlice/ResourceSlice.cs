using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

/// <summary>Part of a pool of devices, published by a driver for the scheduler.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceSlice")]
[Kind(
    "resource.k8s.io",
    "v1",
    "resourceslices",
    Singular = "resourceslice",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "resourceslices")]
public sealed partial record ResourceSlice : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Driver, pool, nodes and devices.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ResourceSliceSpec Spec { get; init; }
}
