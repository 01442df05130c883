using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>The rules on the rules of roles.</summary>
internal static class PolicyRuleRules
{
    public static void Validate(ApiList<PolicyRule> rules, bool namespaced, FieldErrors errors)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            Validate(rules[i], namespaced, FieldPath.Of("rules").Index(i), errors);
        }
    }

    private static void Validate(PolicyRule rule, bool namespaced, FieldPath path, FieldErrors errors)
    {
        if (rule.Verbs.Count == 0)
        {
            errors.Required(path.Child("verbs"), "verbs must contain at least one value");
        }

        if (rule.NonResourceURLs.Count == 0)
        {
            if (rule.ApiGroups.Count == 0)
            {
                errors.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
            }

            if (rule.Resources.Count == 0)
            {
                errors.Required(path.Child("resources"), "resource rules must supply at least one resource");
            }

            return;
        }

        FieldPath urls = path.Child("nonResourceURLs");
        if (namespaced)
        {
            errors.InvalidRaw(urls, ErrorValue.Json(rule.NonResourceURLs), "namespaced rules cannot apply to non-resource URLs");
        }

        if (rule.ApiGroups.Count > 0 || rule.Resources.Count > 0 || rule.ResourceNames.Count > 0)
        {
            errors.InvalidRaw(
                urls,
                ErrorValue.Json(rule.NonResourceURLs),
                "rules cannot apply to both regular resources and non-resource URLs");
        }
    }
}
