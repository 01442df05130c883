using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Pool of devices that a driver manages together.</summary>
[ApiType("io.k8s.api.resource.v1.ResourcePool")]
public sealed partial record ResourcePool
{
    /// <summary>Name of the pool, unique per driver; often the node's name. At most 253 characters.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Number raised with each change of the pool; slices with an older one are ignored.</summary>
    [Field(2, Always = true, Required = true)]
    public partial long Generation { get; init; }

    /// <summary>How many slices make up the pool in this generation.</summary>
    [Field(3, Always = true, Required = true)]
    public partial long ResourceSliceCount { get; init; }
}
