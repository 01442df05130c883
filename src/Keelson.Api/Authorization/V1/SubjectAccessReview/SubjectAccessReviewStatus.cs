using Keelson.Api.Kinds;

namespace Keelson.Api.Authorization.V1;

/// <summary>Answer to an access review.</summary>
[ApiType("io.k8s.api.authorization.v1.SubjectAccessReviewStatus")]
public sealed partial record SubjectAccessReviewStatus
{
    /// <summary>Whether the action is allowed.</summary>
    [Field(1, Always = true, Required = true)]
    public partial bool Allowed { get; init; }

    /// <summary>
    /// Whether the action is expressly denied. If both this and allowed are false, the authorizers had no opinion.
    /// </summary>
    [Field(4)]
    public partial bool Denied { get; init; }

    /// <summary>Why it was allowed or denied.</summary>
    [Field(2)]
    public partial string Reason { get; init; }

    /// <summary>Errors met during the check; an answer may exist nonetheless.</summary>
    [Field(3)]
    public partial string EvaluationError { get; init; }
}
