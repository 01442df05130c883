using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>
/// How a capacity of a shared device may be requested; either validValues or validRange may be set.
/// </summary>
[ApiType("io.k8s.api.resource.v1.CapacityRequestPolicy")]
public sealed partial record CapacityRequestPolicy
{
    /// <summary>Amount a request gets that names none. Required with validValues or validRange.</summary>
    [Field(1, Always = true)]
    public partial Quantity? Default { get; init; }

    /// <summary>Amounts allowed, ascending, at most 10; requests are rounded up to one of them.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<Quantity> ValidValues { get; init; }

    /// <summary>Range and step of the amounts allowed.</summary>
    [Field(4)]
    public partial CapacityRequestPolicyRange? ValidRange { get; init; }
}
