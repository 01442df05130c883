using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Link to further documentation.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation")]
public sealed partial record ExternalDocumentation
{
    /// <summary>What is found there.</summary>
    [Field(1)]
    public partial string Description { get; init; }

    /// <summary>Address of the documentation.</summary>
    [Field(2)]
    public partial string Url { get; init; }
}
