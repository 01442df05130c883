using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

public sealed partial record Job
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static Job SetDefaults(Job obj)
    {
        JobSpec spec = obj.Spec;
        ApiMap<string> labels = spec.Template.Metadata.Labels;
        JobSpec defaulted = spec with
        {
            Completions = spec.Completions is null && spec.Parallelism is null ? 1 : spec.Completions,
            Parallelism = spec.Parallelism ?? 1,
            BackoffLimit = spec.BackoffLimit ?? (spec.BackoffLimitPerIndex is null ? 6 : int.MaxValue),
            CompletionMode = spec.CompletionMode ?? Batch.V1.CompletionMode.NonIndexed,
            Suspend = spec.Suspend ?? false,
            PodFailurePolicy = spec.PodFailurePolicy?.SetDefaults(),
            PodReplacementPolicy = spec.PodReplacementPolicy
                ?? (spec.PodFailurePolicy is null
                    ? PodReplacementPolicy.TerminatingOrFailed
                    : PodReplacementPolicy.Failed),
            ManualSelector = spec.ManualSelector ?? false,
            Template = PodTemplateRules.SetDefaults(spec.Template),
        };
        return obj with
        {
            Metadata = labels.IsAbsent || obj.Metadata.Labels.Count > 0
                ? obj.Metadata
                : obj.Metadata with { Labels = labels },
            Spec = defaulted,
        };
    }
}

public sealed partial record PodFailurePolicy
{
    /// <summary>A pattern without a status asks for the condition to be true.</summary>
    internal PodFailurePolicy SetDefaults()
    {
        ApiList<PodFailurePolicyRule> rules = Rules.Map(static rule =>
        {
            ApiList<PodFailurePolicyOnPodConditionsPattern> patterns = rule.OnPodConditions.Map(static pattern =>
                pattern.Status.Length == 0 ? pattern with { Status = ConditionStatus.True } : pattern);
            return patterns == rule.OnPodConditions ? rule : rule with { OnPodConditions = patterns };
        });
        return rules == Rules ? this : this with { Rules = rules };
    }
}
