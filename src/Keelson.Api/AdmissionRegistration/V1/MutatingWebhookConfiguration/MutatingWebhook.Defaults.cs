using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The defaults of webhooks and policies.</summary>
internal static class AdmissionDefaults
{
    private const int WebhookPort = 443;
    private const int TimeoutSeconds = 10;

    public static MutatingWebhook SetDefaults(MutatingWebhook hook) => hook with
    {
        ClientConfig = SetDefaults(hook.ClientConfig),
        Rules = SetDefaults(hook.Rules),
        FailurePolicy = hook.FailurePolicy ?? FailurePolicyType.Fail,
        MatchPolicy = hook.MatchPolicy ?? MatchPolicyType.Equivalent,
        NamespaceSelector = hook.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = hook.ObjectSelector ?? LabelSelector.Empty,
        TimeoutSeconds = hook.TimeoutSeconds ?? TimeoutSeconds,
        ReinvocationPolicy = hook.ReinvocationPolicy ?? ReinvocationPolicyType.Never,
    };

    public static ValidatingWebhook SetDefaults(ValidatingWebhook hook) => hook with
    {
        ClientConfig = SetDefaults(hook.ClientConfig),
        Rules = SetDefaults(hook.Rules),
        FailurePolicy = hook.FailurePolicy ?? FailurePolicyType.Fail,
        MatchPolicy = hook.MatchPolicy ?? MatchPolicyType.Equivalent,
        NamespaceSelector = hook.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = hook.ObjectSelector ?? LabelSelector.Empty,
        TimeoutSeconds = hook.TimeoutSeconds ?? TimeoutSeconds,
    };

    public static MatchResources? SetDefaults(MatchResources? match) => match is null ? null : match with
    {
        MatchPolicy = match.MatchPolicy ?? MatchPolicyType.Equivalent,
        NamespaceSelector = match.NamespaceSelector ?? LabelSelector.Empty,
        ObjectSelector = match.ObjectSelector ?? LabelSelector.Empty,
        ResourceRules = SetDefaults(match.ResourceRules),
        ExcludeResourceRules = SetDefaults(match.ExcludeResourceRules),
    };

    private static WebhookClientConfig SetDefaults(WebhookClientConfig config) => config.Service is { Port: null } service
        ? config with { Service = service with { Port = WebhookPort } }
        : config;

    private static ApiList<RuleWithOperations> SetDefaults(ApiList<RuleWithOperations> rules) => rules.Map(SetDefaults);

    private static ApiList<NamedRuleWithOperations> SetDefaults(ApiList<NamedRuleWithOperations> rules) =>
        rules.Map(static one => one with { RuleWithOperations = SetDefaults(one.RuleWithOperations) });

    private static RuleWithOperations SetDefaults(RuleWithOperations rule) =>
        rule.Rule.Scope is null ? rule with { Rule = rule.Rule with { Scope = "*" } } : rule;
}
