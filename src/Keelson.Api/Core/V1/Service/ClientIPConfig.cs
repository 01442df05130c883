using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Details of affinity by client address.</summary>
[ApiType("io.k8s.api.core.v1.ClientIPConfig")]
public sealed partial record ClientIPConfig
{
    /// <summary>
    /// Seconds for which a client stays with the same pod, 1 to 86400. Defaults to 10800 (3 hours).
    /// </summary>
    [Field(1)]
    public partial int? TimeoutSeconds { get; init; }
}
