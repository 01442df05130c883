using System.Text.RegularExpressions;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Cel;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The rules that webhooks, policies and bindings share.</summary>
internal static partial class AdmissionRules
{
    private const int MatchConditionsMaxCount = 64;

    private static readonly HashSet<string> ReservedIdentifiers =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    public static void ValidateFailurePolicy(string? policy, FieldPath path, FieldErrors errors)
    {
        if (policy is null)
        {
            errors.Required(path, "");
        }
        else if (policy is not (FailurePolicyType.Fail or FailurePolicyType.Ignore))
        {
            errors.NotSupported(path, policy, FailurePolicyType.Fail, FailurePolicyType.Ignore);
        }
    }

    public static void ValidateMatchPolicy(string? policy, FieldPath path, FieldErrors errors)
    {
        if (policy is null)
        {
            errors.Required(path, "");
        }
        else if (policy is not (MatchPolicyType.Equivalent or MatchPolicyType.Exact))
        {
            errors.NotSupported(path, policy, MatchPolicyType.Equivalent, MatchPolicyType.Exact);
        }
    }

    /// <summary>A policy's constraints: they must be there and name at least one resource, for its type.</summary>
    public static void ValidateConstraints(MatchResources? match, FieldPath path, FieldErrors errors)
    {
        if (match is null)
        {
            errors.Required(path, "");
            return;
        }

        Validate(match, path, errors);
        if (match.ResourceRules.Count == 0)
        {
            errors.Required(path.Child("resourceRules"), "");
        }
    }

    public static void Validate(MatchResources match, FieldPath path, FieldErrors errors)
    {
        ValidateMatchPolicy(match.MatchPolicy, path.Child("matchPolicy"), errors);
        ValidateSelector(match.NamespaceSelector, path.Child("namespaceSelector"), errors);
        ValidateSelector(match.ObjectSelector, path.Child("objectSelector"), errors);
        for (int i = 0; i < match.ResourceRules.Count; i++)
        {
            Validate(match.ResourceRules[i], path.Child("resourceRules").Index(i), errors);
        }

        for (int i = 0; i < match.ExcludeResourceRules.Count; i++)
        {
            Validate(match.ExcludeResourceRules[i], path.Child("excludeResourceRules").Index(i), errors);
        }
    }

    /// <summary>Nothing can be changed in what is deleted.</summary>
    public static void ValidateMutatingOperations(MatchResources? match, FieldPath path, FieldErrors errors)
    {
        foreach (NamedRuleWithOperations rule in match?.ResourceRules ?? default)
        {
            foreach (string operation in rule.RuleWithOperations.Operations)
            {
                if (operation is not ("*" or OperationType.CONNECT or OperationType.CREATE or OperationType.UPDATE))
                {
                    errors.NotSupported(
                        path.Child("resourceRules").Child("operations"), operation, "*", "CONNECT", "CREATE", "UPDATE");
                }
            }
        }
    }

    /// <summary>The variables of the conditions of webhooks.</summary>
    public static readonly IReadOnlyDictionary<string, string> WebhookVariables =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["object"] = "dyn",
            ["oldObject"] = "dyn",
            ["request"] = "",
            ["namespaceObject"] = "",
            ["authorizer"] = "",
        };

    /// <summary>The rules on conditions; their expressions are looked at where it is known what they may use.</summary>
    public static void Validate(
        ApiList<MatchCondition> conditions, FieldPath path, FieldErrors errors,
        IReadOnlyDictionary<string, string>? variables = null)
    {
        if (conditions.Count > MatchConditionsMaxCount)
        {
            errors.TooMany(path, conditions.Count, MatchConditionsMaxCount);
        }

        HashSet<string> names = [];
        for (int i = 0; i < conditions.Count; i++)
        {
            MatchCondition one = conditions[i];
            if (string.IsNullOrWhiteSpace(one.Expression))
            {
                errors.Required(path.Index(i).Child("expression"), "");
            }
            else if (variables is not null)
            {
                ValidateCondition(one.Expression.Trim(), path.Index(i).Child("expression"), errors, variables);
            }

            FieldPath name = path.Index(i).Child("name");
            if (one.Name.Length == 0)
            {
                errors.Required(name, "");
                continue;
            }

            errors.Invalid(ContentRules.QualifiedName(one.Name), name, one.Name);
            if (!names.Add(one.Name))
            {
                errors.Duplicate(name, one.Name);
            }
        }
    }

    private static void ValidateCondition(
        string expression, FieldPath path, FieldErrors errors, IReadOnlyDictionary<string, string> variables)
    {
        if (!CelProgram.TryCheck(expression, variables, out string? type, out string? error))
        {
            errors.Invalid(path, expression, "compilation failed: " + error);
        }
        else if (type is not (null or "bool"))
        {
            errors.Invalid(path, expression, "must evaluate to bool but got " + type);
        }
    }

    public static void Validate(ApiList<Variable> variables, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < variables.Count; i++)
        {
            FieldPath one = path.Index(i);
            if (string.IsNullOrWhiteSpace(variables[i].Name))
            {
                errors.Required(one.Child("name"), "name is not specified");
            }
            else if (!CelIdentifier().IsMatch(variables[i].Name) || ReservedIdentifiers.Contains(variables[i].Name))
            {
                errors.Invalid(one.Child("name"), variables[i].Name, "must be a valid CEL identifier");
            }

            if (string.IsNullOrWhiteSpace(variables[i].Expression))
            {
                errors.Required(one.Child("expression"), "expression is not specified");
            }
        }
    }

    public static void Validate(ParamKind kind, FieldPath path, FieldErrors errors)
    {
        FieldPath version = path.Child("apiVersion");
        string[] parts = kind.ApiVersion.Split('/');
        if (kind.ApiVersion.Length == 0)
        {
            errors.Required(version, "");
        }
        else if (parts.Length > 2)
        {
            errors.Invalid(version, kind.ApiVersion, $"unexpected GroupVersion string: {kind.ApiVersion}");
        }
        else
        {
            string group = parts.Length == 2 ? parts[0] : "";
            if (group.Length > 0)
            {
                InvalidJoined(ContentRules.Dns1123Subdomain(group), "", version, group, errors);
            }

            if (parts[^1].Length == 0)
            {
                errors.Invalid(version, kind.ApiVersion, "version must be specified");
            }
            else
            {
                InvalidJoined(ContentRules.Dns1035Label(parts[^1]), "", version, parts[^1], errors);
            }
        }

        if (kind.Kind.Length == 0)
        {
            errors.Required(path.Child("kind"), "");
        }
        else
        {
            InvalidJoined(
                ContentRules.Dns1035Label(kind.Kind.ToLowerInvariant()),
                "may have mixed case, but should otherwise match: ",
                path.Child("kind"),
                kind.Kind,
                errors);
        }
    }

    public static void Validate(ParamRef reference, FieldPath path, FieldErrors errors)
    {
        const string exclusive = "name and selector are mutually exclusive";
        bool both = reference.Name.Length > 0 && reference.Selector is not null;
        if (reference.Name.Length > 0)
        {
            errors.Invalid(ContentRules.PathSegment(reference.Name), path.Child("name"), reference.Name);
        }

        if (both)
        {
            errors.Forbidden(path.Child("name"), exclusive);
        }

        LabelSelectorRules.Validate(reference.Selector, path.Child("selector"), errors);
        if (both)
        {
            errors.Forbidden(path.Child("selector"), exclusive);
        }

        if (reference.Name.Length == 0 && reference.Selector is null)
        {
            errors.Required(path, "one of name or selector must be specified");
        }

        FieldPath action = path.Child("parameterNotFoundAction");
        if (reference.ParameterNotFoundAction is null or "")
        {
            errors.Required(action, "");
        }
        else if (reference.ParameterNotFoundAction is not (ParameterNotFoundActionType.Deny or ParameterNotFoundActionType.Allow))
        {
            errors.NotSupported(
                action, reference.ParameterNotFoundAction, ParameterNotFoundActionType.Deny, ParameterNotFoundActionType.Allow);
        }
    }

    public static void ValidateBinding(
        string policyName, ParamRef? reference, MatchResources? match, FieldPath path, FieldErrors errors)
    {
        if (policyName.Length == 0)
        {
            errors.Required(path.Child("policyName"), "");
        }
        else
        {
            errors.Invalid(NameRules.DnsSubdomain(policyName, false), path.Child("policyName"), policyName);
        }

        if (reference is not null)
        {
            Validate(reference, path.Child("paramRef"), errors);
        }

        if (match is not null)
        {
            Validate(match, path.Child("matchResources"), errors);
        }
    }

    private static void InvalidJoined(
        IEnumerable<string> problems, string introduction, FieldPath path, string value, FieldErrors errors)
    {
        string joined = string.Join(",", problems);
        if (joined.Length > 0)
        {
            errors.Invalid(path, value, introduction + joined);
        }
    }

    private static void ValidateSelector(LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (selector is null)
        {
            errors.Required(path, "");
        }
        else
        {
            LabelSelectorRules.Validate(selector, path, errors);
        }
    }

    [GeneratedRegex("\\A[_a-zA-Z][_a-zA-Z0-9]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex CelIdentifier();
}
