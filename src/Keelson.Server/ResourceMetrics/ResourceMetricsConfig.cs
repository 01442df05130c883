namespace Keelson.Server.ResourceMetrics;

/// <summary>
/// The API metrics.k8s.io, which in other clusters an extension serves (metrics-server). Where it is configured, the
/// server asks all kubelets what is used.
/// </summary>
public sealed record ResourceMetricsConfig
{
    /// <summary>How often kubelets are asked (<c>--metric-resolution</c> of metrics-server).</summary>
    public TimeSpan Resolution { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The kubelets of this process, which are asked without a detour over the network: gives what
    /// <c>/metrics/resource</c> of a node would answer, null for nodes elsewhere.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<string?>> InProcess { get; init; } = static (_, _) => default;
}
