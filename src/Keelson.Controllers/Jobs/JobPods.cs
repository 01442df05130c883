using System.Globalization;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Jobs;

/// <summary>The pods of jobs.</summary>
internal static class JobPods
{
    /// <summary>Keeps an ended pod until the job has counted it.</summary>
    public const string Finalizer = "batch.kubernetes.io/job-tracking";

    private const string IndexAnnotation = "batch.kubernetes.io/job-completion-index";
    private const string FailuresAnnotation = "batch.kubernetes.io/job-index-failure-count";
    private const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>True for jobs whose pods have indexes.</summary>
    public static bool IsIndexed(Job job) => job.Spec.CompletionMode == "Indexed";

    /// <summary>True while the job has still to count the pod.</summary>
    public static bool IsTracked(Pod pod) => pod.Metadata.Finalizers.Contains(Finalizer);

    /// <summary>A pod's index; null when it has none.</summary>
    public static int? IndexOf(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(IndexAnnotation, out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : null;

    /// <summary>How often the pod's index had failed before it.</summary>
    public static int FailuresBefore(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(FailuresAnnotation, out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : 0;

    /// <summary>True when only pods that have failed are replaced, rather than all that are going away.</summary>
    public static bool ReplacesOnlyFailed(Job job) => job.Spec.PodReplacementPolicy == "Failed";

    /// <summary>True for a pod that counts as failed; one that is going away does, unless the job waits for its
    /// end.</summary>
    public static bool IsFailed(Job job, Pod pod) => pod.Status.Phase == PodPhase.Failed
        || (pod.Metadata.DeletionTimestamp is not null && pod.Status.Phase != PodPhase.Succeeded && !ReplacesOnlyFailed(job));

    /// <summary>When an ended pod ended.</summary>
    public static Time EndOf(Pod pod)
    {
        Time latest = default;
        foreach (ContainerStatus one in pod.Status.ContainerStatuses)
        {
            Time finished = one.State.Terminated?.FinishedAt ?? default;
            latest = finished.CompareTo(latest) > 0 ? finished : latest;
        }

        if (!latest.IsZero)
        {
            return latest;
        }

        return PodFacts.Condition(pod, PodConditionType.Ready)?.LastTransitionTime
            ?? pod.Metadata.DeletionTimestamp
            ?? pod.Metadata.CreationTimestamp;
    }

    /// <summary>A new pod of the job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="index">Its index; null where the job has none.</param>
    /// <param name="failures">How often the index has failed; null where that is not counted.</param>
    public static Pod PodOf(Job job, int? index, int? failures)
    {
        Pod pod = PodTemplates.PodFrom(job.Spec.Template, job);
        pod = pod with { Metadata = pod.Metadata with { Finalizers = [.. pod.Metadata.Finalizers, Finalizer] } };
        if (index is not { } number)
        {
            return pod;
        }

        string text = number.ToString(CultureInfo.InvariantCulture);
        ApiMap<string> annotations = pod.Metadata.Annotations.With(IndexAnnotation, text);
        if (failures is { } count)
        {
            annotations = annotations.With(FailuresAnnotation, count.ToString(CultureInfo.InvariantCulture));
        }

        return pod with
        {
            Metadata = pod.Metadata with
            {
                GenerateName = $"{job.Metadata.Name}-{text}-",
                Annotations = annotations,
                Labels = pod.Metadata.Labels.With(IndexAnnotation, text),
            },
            Spec = pod.Spec with
            {
                Hostname = $"{job.Metadata.Name}-{text}",
                InitContainers = pod.Spec.InitContainers.Map(WithIndex),
                Containers = pod.Spec.Containers.Map(WithIndex),
            },
        };
    }

    private static Container WithIndex(Container container) =>
        container.Env.Any(static one => one.Name == IndexVariable)
        ? container
        : container with
        {
            Env = container.Env.Add(new EnvVar
            {
                Name = IndexVariable,
                ValueFrom = new EnvVarSource
                {
                    FieldRef = new ObjectFieldSelector { FieldPath = $"metadata.labels['{IndexAnnotation}']" },
                },
            }),
        };
}
