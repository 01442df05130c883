using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

internal static partial class AdmissionRules
{
    public static void Validate(RuleWithOperations rule, FieldPath path, FieldErrors errors)
    {
        FieldPath operations = path.Child("operations");
        ValidateWildcard(rule.Operations, "operations", operations, errors);
        for (int i = 0; i < rule.Operations.Count; i++)
        {
            if (rule.Operations[i] is not ("*" or OperationType.CONNECT or OperationType.CREATE or OperationType.DELETE or OperationType.UPDATE))
            {
                errors.NotSupported(operations.Index(i), rule.Operations[i], "*", "CONNECT", "CREATE", "DELETE", "UPDATE");
            }
        }

        ValidateWildcard(rule.Rule.ApiGroups, "API groups", path.Child("apiGroups"), errors);
        ValidateWildcard(rule.Rule.ApiVersions, "API versions", path.Child("apiVersions"), errors);
        for (int i = 0; i < rule.Rule.ApiVersions.Count; i++)
        {
            if (rule.Rule.ApiVersions[i].Length == 0)
            {
                errors.Required(path.Child("apiVersions").Index(i), "");
            }
        }

        ValidateResources(rule.Rule.Resources, path.Child("resources"), errors);
        if (rule.Rule.Scope is not (null or "*" or ScopeType.Cluster or ScopeType.Namespaced))
        {
            errors.NotSupported(path.Child("scope"), rule.Rule.Scope, "*", "Cluster", "Namespaced");
        }
    }

    private static void Validate(NamedRuleWithOperations rule, FieldPath path, FieldErrors errors)
    {
        HashSet<string> names = [];
        for (int i = 0; i < rule.ResourceNames.Count; i++)
        {
            FieldPath name = path.Child("resourceNames").Index(i);
            errors.Invalid(ContentRules.PathSegment(rule.ResourceNames[i]), name, rule.ResourceNames[i]);
            if (!names.Add(rule.ResourceNames[i]))
            {
                errors.Duplicate(name, rule.ResourceNames[i]);
            }
        }

        Validate(rule.RuleWithOperations, path, errors);
    }

    private static void ValidateWildcard(ApiList<string> values, string what, FieldPath path, FieldErrors errors)
    {
        if (values.Count == 0)
        {
            errors.Required(path, "");
        }
        else if (values.Count > 1 && values.AsSpan().Contains("*"))
        {
            errors.InvalidRaw(path, ErrorValue.Json(values), $"if '*' is present, must not specify other {what}");
        }
    }

    private static void ValidateResources(ApiList<string> resources, FieldPath path, FieldErrors errors)
    {
        if (resources.Count == 0)
        {
            errors.Required(path, "");
        }

        HashSet<string> withAnySubresource = [];
        HashSet<string> withAnyResource = [];
        bool plain = false;
        for (int i = 0; i < resources.Count; i++)
        {
            string one = resources[i];
            if (one.Length == 0)
            {
                errors.Required(path.Index(i), "");
                continue;
            }

            int slash = one.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                plain = one != "*";
                continue;
            }

            (string resource, string subresource) = (one[..slash], one[(slash + 1)..]);
            if (withAnySubresource.Contains(resource))
            {
                errors.Invalid(path.Index(i), one, $"if '{resource}/*' is present, must not specify {one}");
            }

            if (withAnyResource.Contains(subresource))
            {
                errors.Invalid(path.Index(i), one, $"if '*/{subresource}' is present, must not specify {one}");
            }

            _ = subresource == "*" && withAnySubresource.Add(resource);
            _ = resource == "*" && withAnyResource.Add(subresource);
        }

        if (resources.Count > 1 && resources.AsSpan().Contains("*/*"))
        {
            errors.InvalidRaw(path, ErrorValue.Json(resources), "if '*/*' is present, must not specify other resources");
        }

        if (plain && resources.AsSpan().Contains("*"))
        {
            errors.InvalidRaw(
                path,
                ErrorValue.Json(resources),
                "if '*' is present, must not specify other resources without subresources");
        }
    }
}
