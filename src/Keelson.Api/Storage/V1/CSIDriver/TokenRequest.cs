using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

/// <summary>Service account token a CSI driver wants.</summary>
[ApiType("io.k8s.api.storage.v1.TokenRequest")]
public sealed partial record TokenRequest
{
    /// <summary>Intended audience of the token; empty means that of the API server.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Audience { get; init; }

    /// <summary>Lifetime of the token in seconds; at least 600.</summary>
    [Field(2)]
    public partial long? ExpirationSeconds { get; init; }
}
