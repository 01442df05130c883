using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authentication.V1;

/// <summary>Checks a bearer token and tells whose it is. Not stored.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenReview")]
[Kind(
    "authentication.k8s.io",
    "v1",
    "tokenreviews",
    Singular = "tokenreview",
    Verbs = "create")]
public sealed partial record TokenReview : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Token to check.</summary>
    [Field(2, Always = true, Required = true)]
    public partial TokenReviewSpec Spec { get; init; }

    /// <summary>Result of the check.</summary>
    [Field(3)]
    public partial TokenReviewStatus Status { get; init; }
}
