using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Consumption in a namespace.</summary>
[ApiType("io.k8s.api.core.v1.ResourceQuotaStatus")]
public sealed partial record ResourceQuotaStatus
{
    /// <summary>The bounds that are in force.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Hard { get; init; }

    /// <summary>What is consumed at present.</summary>
    [Field(2)]
    public partial ApiMap<Quantity> Used { get; init; }
}
