using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Batch.V1;

/// <summary>What holds of a job's spec, also of the one in a cron job's template.</summary>
internal static class JobSpecRules
{
    private const int ParallelismMaxIndexed = 100_000;
    private const int FailedIndexesMax = 100_000;
    private const int CompletionsSoftMax = 100_000;
    private const int ParallelismMaxForHighCompletions = 10_000;
    private const int FailedIndexesMaxForHighCompletions = 10_000;
    private const int ManagedByLengthMax = 63;
    private const string RequiresIndexedText = "requires indexed completion mode";

    /// <summary>Checks all but the selector.</summary>
    public static void Validate(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        ValidateNumbers(spec, path, errors);
        if (spec.ManagedBy is { } managedBy)
        {
            ContentRules.DomainPrefixedPath(managedBy, path.Child("managedBy"), errors);
            if (managedBy.Length > ManagedByLengthMax)
            {
                errors.TooLong(path.Child("managedBy"), ManagedByLengthMax);
            }
        }

        bool isIndexed = spec.CompletionMode == CompletionMode.Indexed;
        if (spec.CompletionMode is not (null or CompletionMode.Indexed or CompletionMode.NonIndexed))
        {
            errors.NotSupported(
                path.Child("completionMode"), spec.CompletionMode, CompletionMode.NonIndexed, CompletionMode.Indexed);
        }

        if (isIndexed)
        {
            ValidateIndexed(spec, path, errors);
        }
        else if (spec.CompletionMode is null or CompletionMode.NonIndexed)
        {
            RequireIndexed(spec.BackoffLimitPerIndex, path.Child("backoffLimitPerIndex"), errors);
            RequireIndexed(spec.MaxFailedIndexes, path.Child("maxFailedIndexes"), errors);
        }

        if (spec.PodFailurePolicy is not null)
        {
            PodFailurePolicyRules.Validate(spec, path.Child("podFailurePolicy").Child("rules"), errors);
        }

        if (spec.SuccessPolicy is { } success && !isIndexed)
        {
            errors.InvalidRaw(
                path.Child("successPolicy"),
                UnversionedText.Of(success, SuccessPolicy.WireSchema),
                RequiresIndexedText);
        }
        else if (spec.SuccessPolicy is not null)
        {
            SuccessPolicyRules.Validate(spec, path.Child("successPolicy").Child("rules"), errors);
        }

        ValidateReplacement(spec, path.Child("podReplacementPolicy"), errors);
        PodTemplateRules.Validate(spec.Template, path.Child("template"), errors);
        ValidateRestartPolicy(spec, path.Child("template").Child("spec").Child("restartPolicy"), errors);
    }

    /// <summary>What users hear about the template, and about jobs too large to track.</summary>
    public static IEnumerable<string> Warnings(JobSpec spec, FieldPath path)
    {
        if (spec.CompletionMode == CompletionMode.Indexed
            && spec.Completions > CompletionsSoftMax
            && spec.Parallelism > ParallelismMaxForHighCompletions)
        {
            yield return "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher "
                + "than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
        }

        foreach (string warning in PodTemplateRules.Warnings(spec.Template, path.Child("template")))
        {
            yield return warning;
        }
    }

    /// <summary>A number in an error text; null when it is not set.</summary>
    public static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";

    private static void ValidateNumbers(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        errors.NonNegative(path.Child("parallelism"), spec.Parallelism);
        errors.NonNegative(path.Child("completions"), spec.Completions);
        errors.NonNegative(path.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds);
        errors.NonNegative(path.Child("backoffLimit"), spec.BackoffLimit);
        errors.NonNegative(path.Child("ttlSecondsAfterFinished"), spec.TtlSecondsAfterFinished);
        errors.NonNegative(path.Child("backoffLimitPerIndex"), spec.BackoffLimitPerIndex);
        errors.NonNegative(path.Child("maxFailedIndexes"), spec.MaxFailedIndexes);
        if (spec.MaxFailedIndexes is not null && spec.BackoffLimitPerIndex is null)
        {
            errors.Required(path.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
        }
    }

    private static void ValidateIndexed(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Completions is null)
        {
            errors.Required(path.Child("completions"), "when completion mode is Indexed");
        }

        string indexed = " when completion mode is Indexed";
        AtMost(spec.Parallelism, ParallelismMaxIndexed, indexed, path.Child("parallelism"), errors);
        if (spec.MaxFailedIndexes > spec.Completions)
        {
            errors.Invalid(
                path.Child("maxFailedIndexes"),
                spec.MaxFailedIndexes.Value,
                "must be less than or equal to completions");
        }

        AtMost(spec.MaxFailedIndexes, FailedIndexesMax, "", path.Child("maxFailedIndexes"), errors);
        if (!(spec.Completions > CompletionsSoftMax) || spec.BackoffLimitPerIndex is null)
        {
            return;
        }

        if (spec.MaxFailedIndexes is null)
        {
            errors.Required(
                path.Child("maxFailedIndexes"), $"must be specified when completions is above {CompletionsSoftMax}");
        }

        string when = $" when completions are above {CompletionsSoftMax} and used with backoff limit per index";
        AtMost(spec.Parallelism, ParallelismMaxForHighCompletions, when, path.Child("parallelism"), errors);
        AtMost(spec.MaxFailedIndexes, FailedIndexesMaxForHighCompletions, when, path.Child("maxFailedIndexes"), errors);
    }

    private static void AtMost(int? value, int maximum, string when, FieldPath path, FieldErrors errors)
    {
        if (value > maximum)
        {
            errors.Invalid(path, value.Value, $"must be less than or equal to {maximum}{when}");
        }
    }

    private static void RequireIndexed(int? value, FieldPath path, FieldErrors errors)
    {
        if (value is { } present)
        {
            errors.Invalid(path, present, RequiresIndexedText);
        }
    }

    private static void ValidateReplacement(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.PodReplacementPolicy is not { } policy)
        {
            return;
        }

        if (spec.PodFailurePolicy is not null)
        {
            if (policy != PodReplacementPolicy.Failed)
            {
                errors.NotSupported(path, policy, PodReplacementPolicy.Failed);
            }
        }
        else if (policy is not (PodReplacementPolicy.Failed or PodReplacementPolicy.TerminatingOrFailed))
        {
            errors.NotSupported(path, policy, PodReplacementPolicy.Failed, PodReplacementPolicy.TerminatingOrFailed);
        }
    }

    private static void ValidateRestartPolicy(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        string policy = spec.Template.Spec.RestartPolicy;
        if (policy is RestartPolicy.Always or "")
        {
            // A pod's default, so the user most likely gave none.
            errors.Required(path, "valid values: \"OnFailure\", \"Never\"");
        }
        else if (policy is not (RestartPolicy.OnFailure or RestartPolicy.Never))
        {
            errors.NotSupported(path, policy, RestartPolicy.OnFailure, RestartPolicy.Never);
        }
        else if (spec.PodFailurePolicy is not null && policy != RestartPolicy.Never)
        {
            errors.Invalid(path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }
}
