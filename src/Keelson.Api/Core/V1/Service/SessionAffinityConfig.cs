using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Details of session affinity.</summary>
[ApiType("io.k8s.api.core.v1.SessionAffinityConfig")]
public sealed partial record SessionAffinityConfig
{
    /// <summary>Details of affinity by client address.</summary>
    [Field(1)]
    public partial ClientIPConfig? ClientIP { get; init; }
}
