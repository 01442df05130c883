using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authorization.V1;

/// <summary>
/// Lists what the caller may do in a namespace, for display; the list may be incomplete. Not stored.
/// </summary>
[ApiType("io.k8s.api.authorization.v1.SelfSubjectRulesReview")]
[Kind(
    "authorization.k8s.io",
    "v1",
    "selfsubjectrulesreviews",
    Singular = "selfsubjectrulesreview",
    Verbs = "create")]
public sealed partial record SelfSubjectRulesReview : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Namespace to look at.</summary>
    [Field(2, Always = true, Required = true)]
    public partial SelfSubjectRulesReviewSpec Spec { get; init; }

    /// <summary>Answer of the server.</summary>
    [Field(3)]
    public partial SubjectRulesReviewStatus Status { get; init; }
}
