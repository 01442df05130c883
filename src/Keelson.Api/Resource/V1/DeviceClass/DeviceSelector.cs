using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Chooses devices; exactly one field is set.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceSelector")]
public sealed partial record DeviceSelector
{
    /// <summary>Choice by a CEL expression.</summary>
    [Field(1)]
    public partial CELDeviceSelector? Cel { get; init; }
}
