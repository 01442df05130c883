using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Keys of a ConfigMap within a projected volume.</summary>
[ApiType("io.k8s.api.core.v1.ConfigMapProjection")]
public sealed partial record ConfigMapProjection
{
    /// <summary>Keys of a ConfigMap within a projected volume.</summary>
    [Field(1, Inline = true)]
    public partial LocalObjectReference LocalObjectReference { get; init; }

    /// <summary>Keys to show and the file names to use. All keys when empty.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<KeyToPath> Items { get; init; }

    /// <summary>If true a missing ConfigMap or key is tolerated. Defaults to false.</summary>
    [Field(4)]
    public partial bool? Optional { get; init; }
}
