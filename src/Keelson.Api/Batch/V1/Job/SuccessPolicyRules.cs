using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>What holds of the rules that say when an indexed job has succeeded.</summary>
internal static class SuccessPolicyRules
{
    private const int RulesMax = 20;
    private const int IndexesLengthMax = 64 * 1024;

    /// <summary>Checks the policy of an indexed job that has one.</summary>
    public static void Validate(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        ApiList<SuccessPolicyRule> rules = spec.SuccessPolicy!.Rules;
        if (rules.Count == 0)
        {
            errors.Required(path, "at least one rules must be specified when the successPolicy is specified");
        }

        if (rules.Count > RulesMax)
        {
            errors.TooMany(path, rules.Count, RulesMax);
        }

        for (int i = 0; i < rules.Count; i++)
        {
            ValidateRule(rules[i], spec.Completions ?? 0, path.Index(i), errors);
        }
    }

    private static void ValidateRule(SuccessPolicyRule rule, int completions, FieldPath path, FieldErrors errors)
    {
        if (rule.SucceededCount is null && rule.SucceededIndexes is null)
        {
            errors.Required(path, "at least one of succeededCount or succeededIndexes must be specified");
        }

        int total = 0;
        if (rule.SucceededIndexes is { } indexes)
        {
            FieldPath indexesPath = path.Child("succeededIndexes");
            if (indexes.Length > IndexesLengthMax)
            {
                errors.TooLong(indexesPath, IndexesLengthMax);
            }

            if (JobIndexes.Check(indexes, completions, out total) is { } error)
            {
                errors.Invalid(indexesPath, indexes, "error parsing succeededIndexes: " + error);
            }
        }

        if (rule.SucceededCount is not { } count)
        {
            return;
        }

        FieldPath countPath = path.Child("succeededCount");
        errors.NonNegative(countPath, count);
        if (count > completions)
        {
            errors.Invalid(
                countPath, count, $"must be less than or equal to {completions} (the number of specified completions)");
        }

        if (rule.SucceededIndexes is not null && count > total)
        {
            errors.Invalid(
                countPath,
                count,
                $"must be less than or equal to {total} "
                + "(the number of indexes in the specified succeededIndexes field)");
        }
    }
}
