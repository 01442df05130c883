using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>What holds of the rules that say how failed pods count.</summary>
internal static class PodFailurePolicyRules
{
    private const int RulesMax = 20;
    private const int ExitCodesMax = 255;
    private const int PatternsMax = 20;

    private static readonly string[] Actions =
    [
        PodFailurePolicyAction.Count,
        PodFailurePolicyAction.FailIndex,
        PodFailurePolicyAction.FailJob,
        PodFailurePolicyAction.Ignore,
    ];

    private static readonly string[] Operators =
        [PodFailurePolicyOnExitCodesOperator.In, PodFailurePolicyOnExitCodesOperator.NotIn];

    private static readonly string[] Statuses = [ConditionStatus.False, ConditionStatus.True, ConditionStatus.Unknown];

    /// <summary>Checks the policy of a job that has one.</summary>
    public static void Validate(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        ApiList<PodFailurePolicyRule> rules = spec.PodFailurePolicy!.Rules;
        if (rules.Count > RulesMax)
        {
            errors.TooMany(path, rules.Count, RulesMax);
        }

        HashSet<string> containers =
        [
            .. spec.Template.Spec.Containers.Select(static one => one.Name),
            .. spec.Template.Spec.InitContainers.Select(static one => one.Name),
        ];
        for (int i = 0; i < rules.Count; i++)
        {
            ValidateRule(spec, rules[i], containers, path.Index(i), errors);
        }
    }

    private static void ValidateRule(
        JobSpec spec, PodFailurePolicyRule rule, HashSet<string> containers, FieldPath path, FieldErrors errors)
    {
        if (rule.Action != PodFailurePolicyAction.FailIndex)
        {
            OneOf(rule.Action, Actions, path.Child("action"), errors);
        }
        else if (spec.BackoffLimitPerIndex is null)
        {
            errors.Invalid(path.Child("action"), rule.Action, "requires the backoffLimitPerIndex to be set");
        }

        if (rule.OnExitCodes is { } exitCodes)
        {
            ValidateExitCodes(exitCodes, containers, path.Child("onExitCodes"), errors);
        }

        ValidateConditions(rule.OnPodConditions, path.Child("onPodConditions"), errors);
        if (rule.OnExitCodes is not null == rule.OnPodConditions.Count > 0)
        {
            errors.InvalidWithoutValue(
                path,
                rule.OnExitCodes is null
                    ? "specifying one of OnExitCodes and OnPodConditions is required"
                    : "specifying both OnExitCodes and OnPodConditions is not supported");
        }
    }

    private static void ValidateConditions(
        ApiList<PodFailurePolicyOnPodConditionsPattern> patterns, FieldPath path, FieldErrors errors)
    {
        if (patterns.Count > PatternsMax)
        {
            errors.TooMany(path, patterns.Count, PatternsMax);
        }

        for (int i = 0; i < patterns.Count; i++)
        {
            foreach (string detail in ContentRules.QualifiedName(patterns[i].Type))
            {
                errors.Invalid(path.Index(i).Child("type"), patterns[i].Type, detail);
            }

            OneOf(patterns[i].Status, Statuses, path.Index(i).Child("status"), errors);
        }
    }

    private static void ValidateExitCodes(
        PodFailurePolicyOnExitCodesRequirement requirement,
        HashSet<string> containers,
        FieldPath path,
        FieldErrors errors)
    {
        OneOf(requirement.Operator, Operators, path.Child("operator"), errors);
        if (requirement.ContainerName is { } name && !containers.Contains(name))
        {
            errors.Invalid(
                path.Child("containerName"),
                name,
                "must be one of the container or initContainer names in the pod template");
        }

        ApiList<int> values = requirement.Values;
        FieldPath valuesPath = path.Child("values");
        if (values.Count == 0)
        {
            errors.InvalidRaw(valuesPath, values.IsAbsent ? "null" : "[]", "at least one value is required");
        }
        else if (values.Count > ExitCodesMax)
        {
            errors.TooMany(valuesPath, values.Count, ExitCodesMax);
        }

        bool isOrdered = true;
        HashSet<int> seen = [];
        for (int i = 0; i < values.Count; i++)
        {
            if (requirement.Operator == PodFailurePolicyOnExitCodesOperator.In && values[i] == 0)
            {
                errors.Invalid(valuesPath.Index(i), values[i], "must not be 0 for the In operator");
            }

            if (!seen.Add(values[i]))
            {
                errors.DuplicateRaw(valuesPath.Index(i), JobSpecRules.Number(values[i]));
            }

            isOrdered &= i == 0 || values[i - 1] <= values[i];
        }

        if (!isOrdered)
        {
            string rendered = string.Join(',', values.Select(static one => JobSpecRules.Number(one)));
            errors.InvalidRaw(valuesPath, $"[{rendered}]", "must be ordered");
        }
    }

    private static void OneOf(string value, string[] supported, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path, $"valid values: [{string.Join(' ', supported.Select(FieldErrors.Quote))}]");
        }
        else if (!supported.Contains(value))
        {
            errors.NotSupported(path, value, supported);
        }
    }
}
