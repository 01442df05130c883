using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authorization.V1;

/// <summary>Asks whether a user or group may perform an action. Not stored.</summary>
[ApiType("io.k8s.api.authorization.v1.SubjectAccessReview")]
[Kind(
    "authorization.k8s.io",
    "v1",
    "subjectaccessreviews",
    Singular = "subjectaccessreview",
    Verbs = "create")]
public sealed partial record SubjectAccessReview : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>User and action.</summary>
    [Field(2, Always = true, Required = true)]
    public partial SubjectAccessReviewSpec Spec { get; init; }

    /// <summary>Answer of the server.</summary>
    [Field(3)]
    public partial SubjectAccessReviewStatus Status { get; init; }
}
