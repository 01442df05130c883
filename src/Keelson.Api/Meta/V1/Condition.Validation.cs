using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>The rules on conditions.</summary>
public static class ConditionRules
{
    private const int ReasonMaxBytes = 1024;
    private const int MessageMaxBytes = 32 * 1024;

    /// <summary>Types are unique; each condition is complete.</summary>
    public static void Validate(ApiList<Condition> conditions, FieldPath path, FieldErrors errors)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < conditions.Count; i++)
        {
            FieldPath at = path.Index(i);
            if (!seen.Add(conditions[i].Type))
            {
                errors.Duplicate(at.Child("type"), conditions[i].Type);
            }

            ValidateOne(conditions[i], at, errors);
        }
    }

    /// <summary>One condition.</summary>
    public static void ValidateOne(Condition condition, FieldPath path, FieldErrors errors)
    {
        foreach (string message in ContentRules.QualifiedName(condition.Type))
        {
            errors.Invalid(path.Child("type"), condition.Type, message);
        }

        if (condition.Status is not ("True" or "False" or "Unknown"))
        {
            errors.NotSupported(path.Child("status"), condition.Status, "False", "True", "Unknown");
        }

        if (condition.ObservedGeneration < 0)
        {
            errors.Invalid(path.Child("observedGeneration"), condition.ObservedGeneration, "must be greater than or equal to zero");
        }

        if (condition.LastTransitionTime.IsZero)
        {
            errors.Required(path.Child("lastTransitionTime"), "must be set");
        }

        ValidateReason(condition.Reason, path.Child("reason"), errors);
        if (System.Text.Encoding.UTF8.GetByteCount(condition.Message) > MessageMaxBytes)
        {
            errors.TooLong(path.Child("message"), MessageMaxBytes);
        }
    }

    private static void ValidateReason(string reason, FieldPath path, FieldErrors errors)
    {
        if (reason.Length == 0)
        {
            errors.Required(path, "must be set");
            return;
        }

        foreach (string message in ContentRules.ConditionReason(reason))
        {
            errors.Invalid(path, reason, message);
        }

        if (reason.Length > ReasonMaxBytes)
        {
            errors.TooLong(path, ReasonMaxBytes);
        }
    }
}
