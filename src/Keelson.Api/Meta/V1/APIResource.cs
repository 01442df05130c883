using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>A resource of an API group, as returned by discovery.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.APIResource")]
public sealed partial record APIResource
{
    /// <summary>Plural name, followed by a slash and the subresource if it is one.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Singular name, for use on command lines.</summary>
    [Field(6, Always = true, Required = true)]
    public partial string SingularName { get; init; }

    /// <summary>Whether its objects belong to a namespace.</summary>
    [Field(2, Always = true, Required = true)]
    public partial bool Namespaced { get; init; }

    /// <summary>API group of the kind, if it differs from that of the list.</summary>
    [Field(8)]
    public partial string Group { get; init; }

    /// <summary>Version of the kind, if it differs from that of the list.</summary>
    [Field(9)]
    public partial string Version { get; init; }

    /// <summary>Kind of its objects.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>
    /// Operations that are supported, such as get, list, watch, create, update, patch, delete and deletecollection.
    /// </summary>
    [Field(4, Always = true, Required = true)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>Abbreviations for use on command lines.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> ShortNames { get; init; }

    /// <summary>Groupings the resource belongs to, such as all.</summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<string> Categories { get; init; }

    /// <summary>Hash of the version in which objects are stored. To be compared for equality only.</summary>
    [Field(10)]
    public partial string StorageVersionHash { get; init; }
}
