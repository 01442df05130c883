using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Chooses devices by a CEL expression.</summary>
[ApiType("io.k8s.api.resource.v1.CELDeviceSelector")]
public sealed partial record CELDeviceSelector
{
    /// <summary>
    /// CEL expression that yields a bool for a device; it sees device with driver, attributes, capacity and
    /// allowMultipleAllocations. At most 10 KiB.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Expression { get; init; }
}
