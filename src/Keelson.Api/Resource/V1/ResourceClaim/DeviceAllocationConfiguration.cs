using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Configuration that came into an allocation from a class or claim.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceAllocationConfiguration")]
public sealed partial record DeviceAllocationConfiguration
{
    /// <summary>Where it comes from: FromClass or FromClaim.</summary>
    [Field(1, Always = true, Required = true, Enum = typeof(AllocationConfigSource))]
    public partial string Source { get; init; }

    /// <summary>Requests it applies to, as request or request/subrequest; empty means all.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Requests { get; init; }

    /// <summary>Configuration that came into an allocation from a class or claim.</summary>
    [Field(3, Inline = true)]
    public partial DeviceConfiguration DeviceConfiguration { get; init; }
}
