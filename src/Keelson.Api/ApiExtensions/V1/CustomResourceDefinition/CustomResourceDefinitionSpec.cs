using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Names, scope and versions of a custom resource.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec")]
public sealed partial record CustomResourceDefinitionSpec
{
    /// <summary>API group, served under /apis/group. Immutable.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Group { get; init; }

    /// <summary>Names of the resource and its kind.</summary>
    [Field(3, Always = true, Required = true)]
    public partial CustomResourceDefinitionNames Names { get; init; }

    /// <summary>Whether the objects live in namespaces: Namespaced or Cluster. Immutable.</summary>
    [Field(4, Always = true, Required = true, GoType = "v1.ResourceScope")]
    public partial string Scope { get; init; }

    /// <summary>Versions of the resource. Exactly one is the storage version.</summary>
    [Field(7, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<CustomResourceDefinitionVersion> Versions { get; init; }

    /// <summary>How objects are converted between versions. Defaults to strategy None.</summary>
    [Field(9)]
    public partial CustomResourceConversion? Conversion { get; init; }

    /// <summary>
    /// Keeps fields that the schema does not know; deprecated, must be false in v1. Use
    /// x-kubernetes-preserve-unknown-fields instead.
    /// </summary>
    [Field(10)]
    public partial bool PreserveUnknownFields { get; init; }
}
