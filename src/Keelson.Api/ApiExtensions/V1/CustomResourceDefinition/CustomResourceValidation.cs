using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>How custom resources are validated.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation")]
public sealed partial record CustomResourceValidation
{
    /// <summary>OpenAPI v3 schema of the objects.</summary>
    [Field(1)]
    public partial JSONSchemaProps? OpenAPIV3Schema { get; init; }
}
