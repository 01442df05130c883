using Keelson.Api.Kinds;

namespace Keelson.Api.Autoscaling.V2;

/// <summary>
/// Points to an object in the same namespace without fixing how the reader accesses its version.
/// </summary>
[ApiType("io.k8s.api.autoscaling.v2.CrossVersionObjectReference")]
public sealed partial record CrossVersionObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>API group and version of the object.</summary>
    [Field(3)]
    public partial string ApiVersion { get; init; }
}
