using Keelson.Api.Kinds;

namespace Keelson.Api.Authorization.V1;

/// <summary>Action to check for the caller; exactly one field is set.</summary>
[ApiType("io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec")]
public sealed partial record SelfSubjectAccessReviewSpec
{
    /// <summary>Action on a resource.</summary>
    [Field(1)]
    public partial ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>Action on another URL.</summary>
    [Field(2)]
    public partial NonResourceAttributes? NonResourceAttributes { get; init; }
}
