using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>CSI drivers present on a node.</summary>
[ApiType("io.k8s.api.storage.v1.CSINodeSpec")]
public sealed partial record CSINodeSpec
{
    /// <summary>The drivers; empty if none is installed.</summary>
    [Field(
        1,
        Always = true,
        Required = true,
        List = ListType.Map,
        Keys = "name",
        PatchStrategy = "merge",
        MergeKey = "name")]
    public partial ApiList<CSINodeDriver> Drivers { get; init; }
}
