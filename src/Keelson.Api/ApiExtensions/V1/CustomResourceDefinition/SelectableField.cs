using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Field that field selectors may use.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField")]
public sealed partial record SelectableField
{
    /// <summary>
    /// Simple JSON path of the field, such as .spec.color; a string, boolean or integer outside of metadata, and
    /// not within arrays.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string JsonPath { get; init; }
}
