using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Configuration a claim passes to a driver.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceClaimConfiguration")]
public sealed partial record DeviceClaimConfiguration
{
    /// <summary>Requests it applies to, as request or request/subrequest; empty means all.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Requests { get; init; }

    /// <summary>Configuration a claim passes to a driver.</summary>
    [Field(2, Inline = true)]
    public partial DeviceConfiguration DeviceConfiguration { get; init; }
}
