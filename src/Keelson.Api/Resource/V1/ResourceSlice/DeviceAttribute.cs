using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Value of an attribute; exactly one field is set.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceAttribute")]
public sealed partial record DeviceAttribute
{
    /// <summary>Whole number.</summary>
    [Field(2)]
    public partial long? Int { get; init; }

    /// <summary>True or false.</summary>
    [Field(3)]
    public partial bool? Bool { get; init; }

    /// <summary>Text, at most 64 characters.</summary>
    [Field(4)]
    public partial string? String { get; init; }

    /// <summary>Semantic version (2.0.0), at most 64 characters.</summary>
    [Field(5)]
    public partial string? Version { get; init; }

    /// <summary>List of whole numbers.</summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<long> Ints { get; init; }

    /// <summary>List of true or false values.</summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<bool> Bools { get; init; }

    /// <summary>List of texts, each at most 64 characters.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<string> Strings { get; init; }

    /// <summary>List of semantic versions, each at most 64 characters.</summary>
    [Field(9, List = ListType.Atomic)]
    public partial ApiList<string> Versions { get; init; }
}
