using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A token of the service account, written to a file and renewed before it expires.</summary>
[ApiType("io.k8s.api.core.v1.ServiceAccountTokenProjection")]
public sealed partial record ServiceAccountTokenProjection
{
    /// <summary>
    /// Intended recipient of the token, who must reject tokens meant for others. Defaults to the API server.
    /// </summary>
    [Field(1)]
    public partial string Audience { get; init; }

    /// <summary>
    /// Requested lifetime in seconds; at least 600, 3600 by default. The kubelet renews the token once 80 percent
    /// of the time has passed or it is 24 hours old.
    /// </summary>
    [Field(2)]
    public partial long? ExpirationSeconds { get; init; }

    /// <summary>Relative path of the file with the token.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Path { get; init; }
}
