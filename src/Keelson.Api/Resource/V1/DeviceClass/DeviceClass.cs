using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

/// <summary>Named kind of device, set up by an administrator, that claims refer to.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceClass")]
[Kind(
    "resource.k8s.io",
    "v1",
    "deviceclasses",
    Singular = "deviceclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "deviceclasses")]
public sealed partial record DeviceClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Devices in the class and their configuration.</summary>
    [Field(2, Always = true, Required = true)]
    public partial DeviceClassSpec Spec { get; init; }
}
