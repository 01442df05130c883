using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Additional column in the table output of a custom resource.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition")]
public sealed partial record CustomResourceColumnDefinition
{
    /// <summary>Heading of the column.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>OpenAPI type: integer, number, string, boolean or date.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Type { get; init; }

    /// <summary>OpenAPI format that refines the type; name marks the column with the object's identity.</summary>
    [Field(3)]
    public partial string Format { get; init; }

    /// <summary>Explanation of the column for people.</summary>
    [Field(4)]
    public partial string Description { get; init; }

    /// <summary>
    /// Importance; 0 is always shown, higher numbers only where there is room, as in wide output.
    /// </summary>
    [Field(5)]
    public partial int Priority { get; init; }

    /// <summary>Simple JSON path, evaluated on each object, that yields the value.</summary>
    [Field(6, Always = true, Required = true)]
    public partial string JsonPath { get; init; }
}
