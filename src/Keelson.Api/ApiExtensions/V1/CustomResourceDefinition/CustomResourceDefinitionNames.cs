using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Names under which a resource is served.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames")]
public sealed partial record CustomResourceDefinitionNames
{
    /// <summary>Name in URLs, in lower case; with the group it makes up the name of the definition.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Plural { get; init; }

    /// <summary>Singular name in lower case. Defaults to the kind in lower case.</summary>
    [Field(2)]
    public partial string Singular { get; init; }

    /// <summary>Abbreviations for the command line, in lower case.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> ShortNames { get; init; }

    /// <summary>Kind of the objects, usually CamelCase and singular.</summary>
    [Field(4, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Kind of lists of them. Defaults to the kind with List appended.</summary>
    [Field(5)]
    public partial string ListKind { get; init; }

    /// <summary>Groups of resources this one belongs to, such as all.</summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<string> Categories { get; init; }
}
