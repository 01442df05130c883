using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Wanted and permitted size of a volume.</summary>
[ApiType("io.k8s.api.core.v1.VolumeResourceRequirements")]
public sealed partial record VolumeResourceRequirements
{
    /// <summary>Upper bound per resource.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Limits { get; init; }

    /// <summary>Least amount per resource; only storage is used. Must not exceed the limit.</summary>
    [Field(2)]
    public partial ApiMap<Quantity> Requests { get; init; }
}
