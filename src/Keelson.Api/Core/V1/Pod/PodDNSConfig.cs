using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Resolver settings of a pod, added to those generated from its DNS policy.</summary>
[ApiType("io.k8s.api.core.v1.PodDNSConfig")]
public sealed partial record PodDNSConfig
{
    /// <summary>
    /// Addresses of DNS servers, placed after those of the DNS policy, duplicates removed. At most three in total.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> Nameservers { get; init; }

    /// <summary>
    /// Search domains for lookups of short names, appended to those of the DNS policy. At most 32.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Searches { get; init; }

    /// <summary>
    /// Resolver options, merged with those of the DNS policy; an entry given here wins over one of the same name.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<PodDNSConfigOption> Options { get; init; }
}
