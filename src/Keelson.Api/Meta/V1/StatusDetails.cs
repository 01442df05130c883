using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>Further data on a failure.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails")]
public sealed partial record StatusDetails
{
    /// <summary>Name of the object concerned.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>API group of the object concerned.</summary>
    [Field(2)]
    public partial string Group { get; init; }

    /// <summary>Kind, or in many cases resource name, of the object concerned.</summary>
    [Field(3)]
    public partial string Kind { get; init; }

    /// <summary>UID of the object, if one is concerned.</summary>
    [Field(6, GoType = "types.UID")]
    public partial string Uid { get; init; }

    /// <summary>The single errors, such as one for every invalid field.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<StatusCause> Causes { get; init; }

    /// <summary>Seconds to wait before the request is tried again.</summary>
    [Field(5)]
    public partial int RetryAfterSeconds { get; init; }
}
