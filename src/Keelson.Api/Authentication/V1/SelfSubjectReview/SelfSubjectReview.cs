using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authentication.V1;

/// <summary>Tells callers under which identity the server knows them. Not stored.</summary>
[ApiType("io.k8s.api.authentication.v1.SelfSubjectReview")]
[Kind(
    "authentication.k8s.io",
    "v1",
    "selfsubjectreviews",
    Singular = "selfsubjectreview",
    Verbs = "create")]
public sealed partial record SelfSubjectReview : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Answer of the server.</summary>
    [Field(2)]
    public partial SelfSubjectReviewStatus Status { get; init; }
}
