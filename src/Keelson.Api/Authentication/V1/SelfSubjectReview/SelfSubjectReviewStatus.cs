using Keelson.Api.Kinds;

namespace Keelson.Api.Authentication.V1;

/// <summary>Answer to a self subject review.</summary>
[ApiType("io.k8s.api.authentication.v1.SelfSubjectReviewStatus")]
public sealed partial record SelfSubjectReviewStatus
{
    /// <summary>Attributes of the caller.</summary>
    [Field(1)]
    public partial UserInfo UserInfo { get; init; }
}
