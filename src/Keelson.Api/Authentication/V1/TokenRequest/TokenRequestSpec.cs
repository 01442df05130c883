using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authentication.V1;

/// <summary>Properties of the token wanted.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenRequestSpec")]
public sealed partial record TokenRequestSpec
{
    /// <summary>
    /// Recipients the token is meant for; each must reject tokens not addressed to it. Empty means the API server.
    /// </summary>
    [Field(1, Always = true, List = ListType.Atomic)]
    public partial ApiList<string> Audiences { get; init; }

    /// <summary>
    /// Lifetime wanted, in seconds, at least 600. Defaults to 3600; the server may choose otherwise.
    /// </summary>
    [Field(4, Always = true)]
    public partial long? ExpirationSeconds { get; init; }

    /// <summary>Object whose deletion invalidates the token.</summary>
    [Field(3, Always = true)]
    public partial BoundObjectReference? BoundObjectRef { get; init; }
}
