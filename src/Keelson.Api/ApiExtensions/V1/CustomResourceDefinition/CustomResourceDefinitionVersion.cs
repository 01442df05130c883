using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>One version of a custom resource.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion")]
public sealed partial record CustomResourceDefinitionVersion
{
    /// <summary>Name such as v1 or v2beta1, part of the URL.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Whether this version is available through the API.</summary>
    [Field(2, Always = true, Required = true)]
    public partial bool Served { get; init; }

    /// <summary>Whether objects are stored in this version; true for exactly one.</summary>
    [Field(3, Always = true, Required = true)]
    public partial bool Storage { get; init; }

    /// <summary>Whether requests to this version get a deprecation warning. Defaults to false.</summary>
    [Field(7)]
    public partial bool Deprecated { get; init; }

    /// <summary>Replaces the standard warning; only if deprecated is true.</summary>
    [Field(8)]
    public partial string? DeprecationWarning { get; init; }

    /// <summary>Schema for validating, pruning and defaulting objects of this version.</summary>
    [Field(4)]
    public partial CustomResourceValidation? Schema { get; init; }

    /// <summary>Subresources of this version; none by default.</summary>
    [Field(5)]
    public partial CustomResourceSubresources? Subresources { get; init; }

    /// <summary>Columns in table output. By default only the age besides the name.</summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<CustomResourceColumnDefinition> AdditionalPrinterColumns { get; init; }

    /// <summary>Fields that field selectors may use; at most 8.</summary>
    [Field(9, List = ListType.Atomic)]
    public partial ApiList<SelectableField> SelectableFields { get; init; }
}
