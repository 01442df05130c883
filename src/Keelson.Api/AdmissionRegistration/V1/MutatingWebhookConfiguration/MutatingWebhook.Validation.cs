using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>What both kinds of webhooks have; <see cref="ReinvocationPolicy"/> is null for validating ones.</summary>
internal sealed record WebhookView(
    string Name, WebhookClientConfig ClientConfig, ApiList<RuleWithOperations> Rules, ApiList<string> AdmissionReviewVersions)
{
    public string? FailurePolicy { get; init; }

    public string? MatchPolicy { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    public LabelSelector? ObjectSelector { get; init; }

    public string? SideEffects { get; init; }

    public int? TimeoutSeconds { get; init; }

    public string? ReinvocationPolicy { get; init; }

    public ApiList<MatchCondition> MatchConditions { get; init; }

    public static WebhookView Of(MutatingWebhook hook) =>
        new(hook.Name, hook.ClientConfig, hook.Rules, hook.AdmissionReviewVersions)
        {
            FailurePolicy = hook.FailurePolicy,
            MatchPolicy = hook.MatchPolicy,
            NamespaceSelector = hook.NamespaceSelector,
            ObjectSelector = hook.ObjectSelector,
            SideEffects = hook.SideEffects,
            TimeoutSeconds = hook.TimeoutSeconds,
            ReinvocationPolicy = hook.ReinvocationPolicy,
            MatchConditions = hook.MatchConditions,
        };

    public static WebhookView Of(ValidatingWebhook hook) =>
        new(hook.Name, hook.ClientConfig, hook.Rules, hook.AdmissionReviewVersions)
        {
            FailurePolicy = hook.FailurePolicy,
            MatchPolicy = hook.MatchPolicy,
            NamespaceSelector = hook.NamespaceSelector,
            ObjectSelector = hook.ObjectSelector,
            SideEffects = hook.SideEffects,
            TimeoutSeconds = hook.TimeoutSeconds,
            MatchConditions = hook.MatchConditions,
        };
}

/// <summary>The rules on webhooks. Updates may keep what the stored configuration got away with.</summary>
internal static class WebhookRules
{
    private const int MaxTimeoutSeconds = 30;
    private const string KnownVersions = "v1, v1beta1";

    public static void Validate(IReadOnlyList<WebhookView> hooks, IReadOnlyList<WebhookView>? old, FieldErrors errors)
    {
        bool requireNoSideEffects = old is null || old.All(one => IsHarmless(one.SideEffects));
        bool requireKnownVersion = old is null
            || old.All(one => one.AdmissionReviewVersions.Count == 0 || one.AdmissionReviewVersions.Any(IsKnownVersion));
        bool requireUniqueNames = old is null || old.Select(one => one.Name).Distinct().Count() == old.Count;
        bool allowInvalidLabelValues = old is not null && old.Any(one =>
            LabelSelectorRules.HasInvalidValues(one.NamespaceSelector) || LabelSelectorRules.HasInvalidValues(one.ObjectSelector));
        bool sameConditions = old is not null && old.Count == hooks.Count
            && hooks.Zip(old).All(pair => pair.First.MatchConditions == pair.Second.MatchConditions);
        HashSet<string> names = [];
        for (int i = 0; i < hooks.Count; i++)
        {
            FieldPath path = FieldPath.Of("webhooks").Index(i);
            WebhookView hook = hooks[i];
            ValidateMatching(hook, path, errors, requireNoSideEffects, allowInvalidLabelValues);
            ValidateClient(hook.ClientConfig, path.Child("clientConfig"), errors);
            if (!sameConditions)
            {
                AdmissionRules.Validate(
                    hook.MatchConditions, path.Child("matchConditions"), errors, AdmissionRules.WebhookVariables);
            }

            ValidateVersions(hook.AdmissionReviewVersions, path.Child("admissionReviewVersions"), errors, requireKnownVersion);
            if (requireUniqueNames && hook.Name.Length > 0 && !names.Add(hook.Name))
            {
                errors.Duplicate(path.Child("name"), hook.Name);
            }
        }
    }

    private static void ValidateMatching(
        WebhookView hook, FieldPath path, FieldErrors errors, bool requireNoSideEffects, bool allowInvalidLabelValues)
    {
        ContentRules.FullyQualifiedName(hook.Name, path.Child("name"), errors);
        for (int i = 0; i < hook.Rules.Count; i++)
        {
            AdmissionRules.Validate(hook.Rules[i], path.Child("rules").Index(i), errors);
        }

        if (hook.FailurePolicy is not null)
        {
            AdmissionRules.ValidateFailurePolicy(hook.FailurePolicy, path.Child("failurePolicy"), errors);
        }

        if (hook.MatchPolicy is not null)
        {
            AdmissionRules.ValidateMatchPolicy(hook.MatchPolicy, path.Child("matchPolicy"), errors);
        }

        ValidateSideEffects(hook.SideEffects, path.Child("sideEffects"), errors, requireNoSideEffects);
        if (hook.TimeoutSeconds is { } seconds and (< 1 or > MaxTimeoutSeconds))
        {
            errors.Invalid(path.Child("timeoutSeconds"), seconds, "the timeout value must be between 1 and 30 seconds");
        }

        LabelSelectorRules.Validate(hook.NamespaceSelector, path.Child("namespaceSelector"), errors, allowInvalidLabelValues);
        LabelSelectorRules.Validate(hook.ObjectSelector, path.Child("objectSelector"), errors, allowInvalidLabelValues);
        if (hook.ReinvocationPolicy is not (null or ReinvocationPolicyType.IfNeeded or ReinvocationPolicyType.Never))
        {
            errors.NotSupported(
                path.Child("reinvocationPolicy"),
                hook.ReinvocationPolicy,
                ReinvocationPolicyType.IfNeeded,
                ReinvocationPolicyType.Never);
        }
    }

    private static void ValidateSideEffects(string? effects, FieldPath path, FieldErrors errors, bool requireNone)
    {
        string[] allowed = requireNone ? ["None", "NoneOnDryRun"] : ["None", "NoneOnDryRun", "Some", "Unknown"];
        if (effects is null)
        {
            errors.Required(path, "must specify one of " + string.Join(", ", allowed));
        }
        else if (!allowed.Contains(effects))
        {
            errors.NotSupported(path, effects, allowed);
        }
    }

    private static void ValidateClient(WebhookClientConfig config, FieldPath path, FieldErrors errors)
    {
        if (config.Url is null == config.Service is null)
        {
            errors.Required(path, "exactly one of url or service is required");
        }
        else if (config.Url is not null)
        {
            WebhookClientRules.ValidateUrl(config.Url, path.Child("url"), errors);
        }
        else if (config.Service is { } service)
        {
            WebhookClientRules.ValidateService(
                (service.Namespace, service.Name, service.Path, service.Port ?? 0), path.Child("service"), errors);
        }
    }

    private static void ValidateVersions(ApiList<string> versions, FieldPath path, FieldErrors errors, bool requireKnown)
    {
        if (versions.Count == 0)
        {
            errors.Required(path, "must specify one of " + KnownVersions);
            return;
        }

        HashSet<string> seen = [];
        for (int i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
            {
                errors.Invalid(path.Index(i), versions[i], "duplicate version");
                continue;
            }

            errors.Invalid(ContentRules.Dns1035Label(versions[i]), path.Index(i), versions[i]);
        }

        if (requireKnown && !versions.Any(IsKnownVersion))
        {
            errors.InvalidRaw(path, ErrorValue.Json(versions), "must include at least one of " + KnownVersions);
        }
    }

    private static bool IsKnownVersion(string version) => version is "v1" or "v1beta1";

    private static bool IsHarmless(string? effects) => effects is SideEffectClass.None or SideEffectClass.NoneOnDryRun;
}
