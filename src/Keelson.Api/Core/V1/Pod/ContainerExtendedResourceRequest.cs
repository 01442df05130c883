using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Link from an extended resource of a container to a request in the generated claim.</summary>
[ApiType("io.k8s.api.core.v1.ContainerExtendedResourceRequest")]
public sealed partial record ContainerExtendedResourceRequest
{
    /// <summary>Container that asks for the resource.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string ContainerName { get; init; }

    /// <summary>The extended resource, for example example.com/gpu.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string ResourceName { get; init; }

    /// <summary>Name of the request within the claim.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string RequestName { get; init; }
}
