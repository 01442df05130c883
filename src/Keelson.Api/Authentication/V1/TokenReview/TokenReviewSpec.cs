using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authentication.V1;

/// <summary>Token to check.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenReviewSpec")]
public sealed partial record TokenReviewSpec
{
    /// <summary>The bearer token.</summary>
    [Field(1, Required = true)]
    public partial string Token { get; init; }

    /// <summary>
    /// Audiences the asking party identifies with; the token must suit at least one. Empty means that of the API
    /// server.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Audiences { get; init; }
}
