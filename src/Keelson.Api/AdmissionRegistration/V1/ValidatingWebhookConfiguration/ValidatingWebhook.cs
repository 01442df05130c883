using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Webhook that is consulted about requests and may only accept or reject.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingWebhook")]
public sealed partial record ValidatingWebhook
{
    /// <summary>
    /// Fully qualified name of the webhook, such as imagepolicy.example.com, unique in the configuration.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>How the webhook is reached.</summary>
    [Field(2, Always = true, Required = true)]
    public partial WebhookClientConfig ClientConfig { get; init; }

    /// <summary>
    /// Operations and resources the webhook is consulted about; one match suffices. Webhook configurations
    /// themselves are never subject to webhooks.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<RuleWithOperations> Rules { get; init; }

    /// <summary>
    /// What errors in calling the webhook lead to: Fail rejects the request, Ignore lets it pass. Defaults to Fail.
    /// </summary>
    [Field(4, Enum = typeof(FailurePolicyType))]
    public partial string? FailurePolicy { get; init; }

    /// <summary>
    /// Exact matches only the versions listed; Equivalent also requests through other versions, converted first.
    /// Defaults to Equivalent.
    /// </summary>
    [Field(9, Enum = typeof(MatchPolicyType))]
    public partial string? MatchPolicy { get; init; }

    /// <summary>
    /// Namespaces, by label, whose objects are of interest; for a Namespace its own labels count. Cluster-wide
    /// objects always pass. Defaults to all.
    /// </summary>
    [Field(5)]
    public partial LabelSelector? NamespaceSelector { get; init; }

    /// <summary>
    /// Labels the new or the old object must have. Users can set labels, so only for opt-in uses. Defaults to all.
    /// </summary>
    [Field(10)]
    public partial LabelSelector? ObjectSelector { get; init; }

    /// <summary>Whether the call changes anything elsewhere: None or NoneOnDryRun. Required.</summary>
    [Field(6, Always = true, Required = true, Enum = typeof(SideEffectClass))]
    public partial string? SideEffects { get; init; }

    /// <summary>Seconds to wait for the answer, from 1 to 30. Defaults to 10.</summary>
    [Field(7)]
    public partial int? TimeoutSeconds { get; init; }

    /// <summary>
    /// Versions of AdmissionReview the webhook understands, preferred first; the server uses the first it knows.
    /// Required.
    /// </summary>
    [Field(8, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> AdmissionReviewVersions { get; init; }

    /// <summary>CEL conditions that must all be true for the webhook to be called. At most 64.</summary>
    [Field(11, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<MatchCondition> MatchConditions { get; init; }
}
