using Keelson.Api.Kinds;

namespace Keelson.Api.Authorization.V1;

/// <summary>What to list.</summary>
[ApiType("io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec")]
public sealed partial record SelfSubjectRulesReviewSpec
{
    /// <summary>Namespace to look at. Required.</summary>
    [Field(1)]
    public partial string Namespace { get; init; }
}
