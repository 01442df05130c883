using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>Named set of changeable volume attributes, such as throughput, that claims can refer to.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeAttributesClass")]
[Kind(
    "storage.k8s.io",
    "v1",
    "volumeattributesclasses",
    Singular = "volumeattributesclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "vac",
    StoragePrefix = "volumeattributesclasses")]
public sealed partial record VolumeAttributesClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>CSI driver the class is for. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string DriverName { get; init; }

    /// <summary>Attributes, as names and values the driver understands; at most 512. Immutable.</summary>
    [Field(3)]
    public partial ApiMap<string> Parameters { get; init; }
}
