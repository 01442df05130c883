using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>The rules on a flow schema's rules.</summary>
internal static class FlowSchemaRules
{
    private static readonly string[] Verbs =
        ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

    public static void Validate(PolicyRulesWithSubjects rule, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < rule.Subjects.Count; i++)
        {
            Validate(rule.Subjects[i], path.Child("subjects").Index(i), errors);
        }

        if (rule.Subjects.Count == 0)
        {
            errors.Required(path.Child("subjects"), "subjects must contain at least one value");
        }

        if (rule.ResourceRules.Count == 0 && rule.NonResourceRules.Count == 0)
        {
            errors.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }

        for (int i = 0; i < rule.ResourceRules.Count; i++)
        {
            Validate(rule.ResourceRules[i], path.Child("resourceRules").Index(i), errors);
        }

        for (int i = 0; i < rule.NonResourceRules.Count; i++)
        {
            Validate(rule.NonResourceRules[i], path.Child("nonResourceRules").Index(i), errors);
        }
    }

    private static void Validate(Subject subject, FieldPath path, FieldErrors errors)
    {
        switch (subject.Kind)
        {
            case SubjectKind.ServiceAccount:
                Validate(subject.ServiceAccount, path.Child("serviceAccount"), errors);
                break;
            case SubjectKind.User:
                ValidateName(subject.User?.Name, "user", "User", path, errors);
                break;
            case SubjectKind.Group:
                ValidateName(subject.Group?.Name, "group", "Group", path, errors);
                break;
            default:
                errors.NotSupported(path.Child("kind"), subject.Kind, SubjectKind.Group, SubjectKind.ServiceAccount, SubjectKind.User);
                return;
        }

        Forbid(subject.ServiceAccount is not null, "serviceAccount", SubjectKind.ServiceAccount, subject.Kind, path, errors);
        Forbid(subject.User is not null, "user", SubjectKind.User, subject.Kind, path, errors);
        Forbid(subject.Group is not null, "group", SubjectKind.Group, subject.Kind, path, errors);
    }

    private static void Forbid(bool present, string field, string kind, string actualKind, FieldPath path, FieldErrors errors)
    {
        if (present && actualKind != kind)
        {
            errors.Forbidden(path.Child(field), $"{field} is forbidden when subject kind is not '{kind}'");
        }
    }

    private static void ValidateName(string? name, string field, string kind, FieldPath path, FieldErrors errors)
    {
        if (name is null)
        {
            errors.Required(path.Child(field), $"{field} is required when subject kind is '{kind}'");
        }
        else if (name.Length == 0)
        {
            errors.Required(path.Child(field).Child("name"), "");
        }
    }

    private static void Validate(ServiceAccountSubject? subject, FieldPath path, FieldErrors errors)
    {
        if (subject is null)
        {
            errors.Required(path, "serviceAccount is required when subject kind is 'ServiceAccount'");
            return;
        }

        if (subject.Name.Length == 0)
        {
            errors.Required(path.Child("name"), "");
        }
        else if (subject.Name != "*")
        {
            errors.Invalid(NameRules.DnsSubdomain(subject.Name, false), path.Child("name"), subject.Name);
        }

        if (subject.Namespace.Length == 0)
        {
            errors.Required(path.Child("namespace"), "must specify namespace for service account");
        }
        else
        {
            errors.Invalid(NameRules.DnsLabel(subject.Namespace, false), path.Child("namespace"), subject.Namespace);
        }
    }

    private static void Validate(ResourcePolicyRule rule, FieldPath path, FieldErrors errors)
    {
        ValidateVerbs(rule.Verbs, path.Child("verbs"), errors);
        ValidateList(rule.ApiGroups, "api group", path.Child("apiGroups"), errors);
        ValidateList(rule.Resources, "resource", path.Child("resources"), errors);
        FieldPath namespaces = path.Child("namespaces");
        if (rule.Namespaces.Count == 0 && !rule.ClusterScope)
        {
            errors.Required(namespaces, "resource rules that are not cluster scoped must supply at least one namespace");
        }
        else if (HasWildcard(rule.Namespaces))
        {
            ValidateAlone(rule.Namespaces, "namespaces", namespaces, errors);
        }
        else
        {
            for (int i = 0; i < rule.Namespaces.Count; i++)
            {
                IEnumerable<string> problems = NameRules.DnsLabel(rule.Namespaces[i], false);
                errors.Invalid(
                    problems.Select(static one => "each member of this list must be '*' or a DNS-1123 label; " + one),
                    namespaces.Index(i),
                    rule.Namespaces[i]);
            }
        }
    }

    private static void Validate(NonResourcePolicyRule rule, FieldPath path, FieldErrors errors)
    {
        ValidateVerbs(rule.Verbs, path.Child("verbs"), errors);
        FieldPath urls = path.Child("nonResourceURLs");
        if (rule.NonResourceURLs.Count == 0)
        {
            errors.Required(urls, "nonResourceURLs must contain at least one value");
        }
        else if (HasWildcard(rule.NonResourceURLs))
        {
            ValidateAlone(rule.NonResourceURLs, "non-resource URLs", urls, errors);
        }
        else
        {
            for (int i = 0; i < rule.NonResourceURLs.Count; i++)
            {
                if (UrlError(rule.NonResourceURLs[i]) is { } problem)
                {
                    errors.Invalid(urls.Index(i), rule.NonResourceURLs[i], problem);
                }
            }
        }
    }

    private static string? UrlError(string url)
    {
        int stars = url.Count(static one => one == '*');
        return url.Length == 0 ? "must not be empty"
            : url == "/" ? null
            : !url.StartsWith('/') ? "must start with slash"
            : url.Contains(' ', StringComparison.Ordinal) ? "must not contain white-space"
            : url.Contains("//", StringComparison.Ordinal) ? "must not contain double slash"
            : stars > 1 || (stars == 1 && !url.EndsWith("/*", StringComparison.Ordinal)) ? "wildcard can only do suffix matching"
            : null;
    }

    private static void ValidateVerbs(ApiList<string> verbs, FieldPath path, FieldErrors errors)
    {
        if (verbs.Count == 0)
        {
            errors.Required(path, "verbs must contain at least one value");
        }
        else if (HasWildcard(verbs))
        {
            ValidateAlone(verbs, "verbs", path, errors);
        }
        else if (verbs.Any(one => !Verbs.Contains(one)))
        {
            errors.Add(new(
                FieldErrorReason.FieldValueNotSupported,
                path.ToString(),
                $"Unsupported value: {ErrorValue.Json(verbs)}: supported values: {string.Join(", ", Verbs.Select(GoText.Quote))}"));
        }
    }

    private static void ValidateList(ApiList<string> values, string what, FieldPath path, FieldErrors errors)
    {
        if (values.Count == 0)
        {
            errors.Required(path, $"resource rules must supply at least one {what}");
        }
        else if (HasWildcard(values))
        {
            ValidateAlone(values, what + "s", path, errors);
        }
    }

    private static void ValidateAlone(ApiList<string> values, string what, FieldPath path, FieldErrors errors)
    {
        if (values.Count > 1)
        {
            errors.InvalidRaw(path, ErrorValue.Json(values), $"if '*' is present, must not specify other {what}");
        }
    }

    private static bool HasWildcard(ApiList<string> values) => values.AsSpan().Contains("*");
}
