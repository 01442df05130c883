using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authorization.V1;

/// <summary>Asks whether a user may perform an action within one namespace. Not stored.</summary>
[ApiType("io.k8s.api.authorization.v1.LocalSubjectAccessReview")]
[Kind(
    "authorization.k8s.io",
    "v1",
    "localsubjectaccessreviews",
    Singular = "localsubjectaccessreview",
    Namespaced = true,
    Verbs = "create")]
public sealed partial record LocalSubjectAccessReview : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>User and action. Its namespace must equal that of the request.</summary>
    [Field(2, Always = true, Required = true)]
    public partial SubjectAccessReviewSpec Spec { get; init; }

    /// <summary>Answer of the server.</summary>
    [Field(3)]
    public partial SubjectAccessReviewStatus Status { get; init; }
}
