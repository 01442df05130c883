using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>
/// Condition across the devices of several requests; exactly one of the two attribute fields is set.
/// </summary>
[ApiType("io.k8s.api.resource.v1.DeviceConstraint")]
public sealed partial record DeviceConstraint
{
    /// <summary>Requests it applies to, as request or request/subrequest; empty means all.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Requests { get; init; }

    /// <summary>Attribute, with its domain, that must be the same on all devices.</summary>
    [Field(2, GoType = "v1.FullyQualifiedName")]
    public partial string? MatchAttribute { get; init; }

    /// <summary>Attribute, with its domain, that must differ on all devices.</summary>
    [Field(3, GoType = "v1.FullyQualifiedName")]
    public partial string? DistinctAttribute { get; init; }
}
