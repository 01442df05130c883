using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authentication.V1;

/// <summary>Token issued.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenRequestStatus")]
public sealed partial record TokenRequestStatus
{
    /// <summary>The token itself.</summary>
    [Field(1, Always = true)]
    public partial string Token { get; init; }

    /// <summary>When the token expires.</summary>
    [Field(2, Always = true)]
    public partial Time ExpirationTimestamp { get; init; }
}
