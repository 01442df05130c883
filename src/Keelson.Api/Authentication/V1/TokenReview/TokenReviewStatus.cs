using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authentication.V1;

/// <summary>Result of a token check.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenReviewStatus")]
public sealed partial record TokenReviewStatus
{
    /// <summary>Whether the token is valid.</summary>
    [Field(1)]
    public partial bool Authenticated { get; init; }

    /// <summary>Whom the token belongs to.</summary>
    [Field(2)]
    public partial UserInfo User { get; init; }

    /// <summary>Audiences shared by the token and the request.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> Audiences { get; init; }

    /// <summary>Why the token could not be checked.</summary>
    [Field(3)]
    public partial string Error { get; init; }
}
