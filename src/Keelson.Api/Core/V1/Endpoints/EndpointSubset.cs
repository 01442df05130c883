using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Addresses that share the same ports.</summary>
[ApiType("io.k8s.api.core.v1.EndpointSubset")]
public sealed partial record EndpointSubset
{
    /// <summary>Addresses that are ready for traffic.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<EndpointAddress> Addresses { get; init; }

    /// <summary>Addresses that are not ready yet or any more.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<EndpointAddress> NotReadyAddresses { get; init; }

    /// <summary>Ports at all these addresses.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<EndpointPort> Ports { get; init; }
}
