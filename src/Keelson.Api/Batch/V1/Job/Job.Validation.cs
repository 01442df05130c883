using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

public sealed partial record Job
{
    /// <inheritdoc cref="IKind{T}.Validate"/>
    public static void Validate(Job obj, FieldErrors errors) => Validate(obj, needsPrefixedLabels: true, errors);

    /// <summary>Upstream checks an update as a new object and as a change, so causes of errors show twice.</summary>
    public static void ValidateUpdate(Job obj, Job old, FieldErrors errors)
    {
        ApiMap<string> labels = old.Spec.Template.Metadata.Labels;
        Validate(obj, labels.ContainsKey(JobNameLabel) && labels.ContainsKey(ControllerUidLabel), errors);
        FieldPath path = FieldPath.Of("spec");
        ValidateSpec(obj.Spec, path, errors);
        ValidateCompletionsChange(obj.Spec, old.Spec, path, errors);
        WorkloadRules.ImmutableSelector(obj.Spec.Selector, old.Spec.Selector, errors);
        ValidateTemplateChange(obj, old, path, errors);
        Immutable(
            obj.Spec.CompletionMode, old.Spec.CompletionMode, path.Child("completionMode"), FieldErrors.Quote, errors);
        Immutable(
            obj.Spec.PodFailurePolicy,
            old.Spec.PodFailurePolicy,
            path.Child("podFailurePolicy"),
            static policy => UnversionedText.Of(policy, Batch.V1.PodFailurePolicy.WireSchema),
            errors);
        if (obj.Spec.BackoffLimitPerIndex != old.Spec.BackoffLimitPerIndex)
        {
            errors.InvalidRaw(
                path.Child("backoffLimitPerIndex"),
                JobSpecRules.Number(obj.Spec.BackoffLimitPerIndex),
                WorkloadRules.ImmutableText);
        }

        Immutable(obj.Spec.ManagedBy, old.Spec.ManagedBy, path.Child("managedBy"), FieldErrors.Quote, errors);
        Immutable(
            obj.Spec.SuccessPolicy,
            old.Spec.SuccessPolicy,
            path.Child("successPolicy"),
            static policy => UnversionedText.Of(policy, Batch.V1.SuccessPolicy.WireSchema),
            errors);
    }

    private static void Validate(Job obj, bool needsPrefixedLabels, FieldErrors errors)
    {
        ValidateGeneratedSelector(obj, needsPrefixedLabels, errors);
        ValidateSpec(obj.Spec, FieldPath.Of("spec"), errors);
        if (obj.Spec is not { CompletionMode: Batch.V1.CompletionMode.Indexed, Completions: > 0 and { } completions })
        {
            return;
        }

        // Pods of an indexed job are called after the job and their index.
        string lastHost = $"{obj.Metadata.Name}-{completions - 1}";
        if (ContentRules.Dns1123Label(lastHost).Any())
        {
            errors.Invalid(
                FieldPath.Of("metadata").Child("name"),
                obj.Metadata.Name,
                "will not able to create pod with invalid DNS label: " + lastHost);
        }
    }

    /// <summary>Unless the user selects pods by hand, they are those of this job and no other.</summary>
    private static void ValidateGeneratedSelector(Job obj, bool needsPrefixedLabels, FieldErrors errors)
    {
        if (obj.Spec.ManualSelector == true || obj.Spec.Selector is not { } selector)
        {
            return;
        }

        if (obj.Metadata.Uid.Length == 0)
        {
            errors.Required(FieldPath.Of("metadata").Child("uid"), "");
        }

        List<KeyValuePair<string, string>> expected =
            [new(LegacyControllerUidLabel, obj.Metadata.Uid), new(LegacyJobNameLabel, obj.Metadata.Name)];
        if (needsPrefixedLabels)
        {
            expected.Add(new(ControllerUidLabel, obj.Metadata.Uid));
            expected.Add(new(JobNameLabel, obj.Metadata.Name));
        }

        FieldPath labelsPath = FieldPath.Of("spec").Child("template").Child("metadata").Child("labels");
        ApiMap<string> labels = obj.Spec.Template.Metadata.Labels;
        foreach ((string key, string value) in expected)
        {
            if (!labels.TryGetValue(key, out string? actual))
            {
                errors.Required(labelsPath.Key(key), $"must be '{value}'");
            }
            else if (actual != value)
            {
                errors.InvalidRaw(labelsPath.Key(key), UnversionedText.Wire(labels), $"must be '{value}'");
            }
        }

        FieldErrors ignored = new();
        LabelSelectorRules.Validate(selector, labelsPath, ignored);
        if (ignored.Count == 0 && !LabelSelectorRules.Matches(selector, ApiMap<string>.FromUnsorted(expected)))
        {
            errors.InvalidRaw(
                FieldPath.Of("spec").Child("selector"),
                UnversionedText.Wire(selector),
                "`selector` not auto-generated");
        }
    }

    private static void ValidateSpec(JobSpec spec, FieldPath path, FieldErrors errors)
    {
        JobSpecRules.Validate(spec, path, errors);
        int before = errors.Count;
        if (spec.Selector is null)
        {
            errors.Required(path.Child("selector"), "");
        }
        else
        {
            LabelSelectorRules.Validate(spec.Selector, path.Child("selector"), errors);
        }

        if (spec.Selector is null || errors.Count == before)
        {
            WorkloadRules.RequireMatch(spec.Selector, spec.Template, path.Child("template"), errors);
        }
    }

    /// <summary>Indexed jobs grow and shrink, with parallelism in step.</summary>
    private static void ValidateCompletionsChange(JobSpec spec, JobSpec old, FieldPath path, FieldErrors errors)
    {
        if (spec.Completions == old.Completions)
        {
            return;
        }

        if (spec.CompletionMode != Batch.V1.CompletionMode.Indexed)
        {
            errors.InvalidRaw(
                path.Child("completions"), JobSpecRules.Number(spec.Completions), WorkloadRules.ImmutableText);
        }
        else if (spec.Completions is { } completions && completions != spec.Parallelism)
        {
            errors.Invalid(
                path.Child("completions"), completions, "can only be modified in tandem with spec.parallelism");
        }
    }

    /// <summary>
    /// The template is fixed; while a suspended job has no pods, where these may run and what they need is not.
    /// </summary>
    private static void ValidateTemplateChange(Job obj, Job old, FieldPath path, FieldErrors errors)
    {
        PodTemplateSpec template = obj.Spec.Template;
        if (!IsIdle(old))
        {
            if (!template.Equals(old.Spec.Template))
            {
                errors.InvalidRaw(
                    path.Child("template"),
                    UnversionedText.Of(template, PodTemplateSpec.WireSchema),
                    WorkloadRules.ImmutableText);
            }

            return;
        }

        PodSpec allowed = WithMutableParts(old.Spec.Template.Spec, template.Spec);
        if (!template.Spec.Equals(allowed))
        {
            errors.InvalidRaw(
                path.Child("template").Child("spec"),
                UnversionedText.Of(template.Spec, PodSpec.WireSchema),
                WorkloadRules.ImmutableText);
        }
    }

    private static bool IsIdle(Job job) => job.Spec.Suspend == true
        && job.Status.Active == 0
        && (job.Status.StartTime is null || JobStatusRules.Has(job.Status, JobConditionType.Suspended));

    private static PodSpec WithMutableParts(PodSpec old, PodSpec changed) => old with
    {
        Affinity = WithNodeAffinity(old.Affinity, changed.Affinity),
        NodeSelector = changed.NodeSelector,
        Tolerations = changed.Tolerations,
        SchedulingGates = changed.SchedulingGates,
        Containers = WithResources(old.Containers, changed.Containers),
        InitContainers = WithResources(old.InitContainers, changed.InitContainers),
    };

    private static Affinity? WithNodeAffinity(Affinity? old, Affinity? changed)
    {
        if (old is null && changed is null)
        {
            return null;
        }

        Affinity allowed = (old ?? Affinity.Empty) with { NodeAffinity = changed?.NodeAffinity };
        return changed is null && allowed.Equals(Affinity.Empty) ? null : allowed;
    }

    private static ApiList<Container> WithResources(ApiList<Container> old, ApiList<Container> changed)
    {
        if (old.Count != changed.Count)
        {
            return old;
        }

        Container[] containers = old.AsSpan().ToArray();
        for (int i = 0; i < containers.Length; i++)
        {
            containers[i] = containers[i] with { Resources = changed[i].Resources };
        }

        return containers;
    }

    private static void Immutable<T>(T? value, T? old, FieldPath path, Func<T?, string> render, FieldErrors errors)
        where T : class
    {
        if (!Equals(value, old))
        {
            errors.InvalidRaw(path, value is null ? "null" : render(value), WorkloadRules.ImmutableText);
        }
    }
}
