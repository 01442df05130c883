using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>Permissions found.</summary>
[ApiType("io.k8s.api.authorization.v1.SubjectRulesReviewStatus")]
public sealed partial record SubjectRulesReviewStatus
{
    /// <summary>Actions allowed on resources, in no particular order.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<ResourceRule> ResourceRules { get; init; }

    /// <summary>Actions allowed on other URLs, in no particular order.</summary>
    [Field(2, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<NonResourceRule> NonResourceRules { get; init; }

    /// <summary>Whether permissions may be missing because an authorizer cannot list them.</summary>
    [Field(3, Always = true, Required = true)]
    public partial bool Incomplete { get; init; }

    /// <summary>Errors met while listing; the list may then be incomplete.</summary>
    [Field(4)]
    public partial string EvaluationError { get; init; }
}
