using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodSecurity;

/// <summary>Holds pods to the level of their namespace, and warns of templates that do not meet it.</summary>
internal sealed class PodSecurityPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const int MostPodsChecked = 3000;
    private const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompContainer = "container.seccomp.security.alpha.kubernetes.io/";

    public string Name => "PodSecurity";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        switch (context.Object)
        {
            case Namespace space when context.Is("", "namespaces"):
                return new(CheckNamespace(context, space));
            case Pod pod when context.Kind.Resource == "pods" && context.Request.Subresource != "status"
                && (context.OldObject is not Pod old || IsSignificant(pod, old)):
                return new(CheckPod(context, pod));
            case { } workload when context.Request.Subresource.Length == 0 && Template(workload) is { } template:
                if (Policy(context) is { } policy)
                {
                    Warn(context, policy.Warn, template.Metadata.Annotations, template.Spec);
                }

                return new((Status?)null);
            default:
                return new((Status?)null);
        }
    }

    private static PodTemplateSpec? Template(IObject workload) => workload switch
    {
        PodTemplate one => one.Template,
        ReplicationController one => one.Spec.Template,
        ReplicaSet one => one.Spec.Template,
        Deployment one => one.Spec.Template,
        StatefulSet one => one.Spec.Template,
        DaemonSet one => one.Spec.Template,
        Job one => one.Spec.Template,
        CronJob one => one.Spec.JobTemplate.Spec.Template,
        _ => null,
    };

    private PodSecurityPolicy? Policy(AdmissionContext context) =>
        lookup.Find<Namespace>("", context.Request.Namespace) is { } space
            ? PodSecurityPolicy.Read(space.Metadata.Labels, new FieldErrors()) : null;

    private Status? CheckPod(AdmissionContext context, Pod pod)
    {
        if (Policy(context) is not { } policy)
        {
            return null;
        }

        List<PodSecurityViolation> found =
            PodSecurityChecks.Evaluate(policy.Enforce, pod.Metadata.Annotations, pod.Spec);
        if (found.Count > 0)
        {
            string reason = $"violates PodSecurity \"{policy.Enforce}\": {Details(found)}";
            return context.Forbidden(reason);
        }

        Warn(context, policy.Warn, pod.Metadata.Annotations, pod.Spec);
        return null;
    }

    private static void Warn(
        AdmissionContext context, LeveledVersion level, ApiMap<string> annotations, PodSpec spec)
    {
        List<PodSecurityViolation> found = PodSecurityChecks.Evaluate(level, annotations, spec);
        if (found.Count > 0)
        {
            context.Request.Warn($"would violate PodSecurity \"{level}\": {Details(found)}");
        }
    }

    private static string Details(List<PodSecurityViolation> found) =>
        string.Join(", ", found.Select(one => one.Detail.Length == 0 ? one.Reason : $"{one.Reason} ({one.Detail})"));

    private Status? CheckNamespace(AdmissionContext context, Namespace space)
    {
        FieldErrors errors = new();
        PodSecurityPolicy policy = PodSecurityPolicy.Read(space.Metadata.Labels, errors);
        FieldErrors oldErrors = new();
        PodSecurityPolicy? before = context.OldObject is Namespace old
            ? PodSecurityPolicy.Read(old.Metadata.Labels, oldErrors) : null;
        if (errors.Count > 0)
        {
            // Labels that were wrong before keep nobody from changing the rest.
            bool wrongBefore = errors.All.Select(one => one.ToString()).SequenceEqual(
                oldErrors.All.Select(one => one.ToString()));
            return wrongBefore ? null : ApiErrors.Invalid("", "Namespace", space.Metadata.Name, errors);
        }

        bool stricter = before is not null && policy.Enforce.Level != PodSecurityLevel.Privileged
            && (policy.Enforce.Minor != before.Enforce.Minor || policy.Enforce.Level > before.Enforce.Level);
        if (stricter)
        {
            WarnOfPods(context, space.Metadata.Name, policy.Enforce);
        }

        return null;
    }

    private void WarnOfPods(AdmissionContext context, string space, LeveledVersion level)
    {
        Pod[] pods = [.. lookup.List<Pod>(space)];
        Dictionary<string, List<string>> violating = [];
        foreach (Pod pod in pods.Take(MostPodsChecked))
        {
            List<PodSecurityViolation> found = PodSecurityChecks.Evaluate(level, pod.Metadata.Annotations, pod.Spec);
            if (found.Count > 0)
            {
                string reasons = string.Join(", ", found.Select(one => one.Reason));
                violating.TryAdd(reasons, []);
                violating[reasons].Add(pod.Metadata.Name);
            }
        }

        if (pods.Length > MostPodsChecked)
        {
            context.Request.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"new PodSecurity enforce level only checked against the first {MostPodsChecked} of {pods.Length}")
                + " existing pods");
        }

        if (violating.Count > 0)
        {
            context.Request.Warn(
                $"existing pods in namespace \"{space}\" violate the new PodSecurity enforce level \"{level}\"");
        }

        IEnumerable<string> lines = violating.Select(one => Others(one.Value) + ": " + one.Key);
        foreach (string line in lines.Order(StringComparer.Ordinal))
        {
            context.Request.Warn(line);
        }
    }

    private static string Others(List<string> names)
    {
        string first = names.Min(StringComparer.Ordinal)!;
        return names.Count switch
        {
            1 => first,
            2 => first + " (and 1 other pod)",
            _ => string.Create(CultureInfo.InvariantCulture, $"{first} (and {names.Count - 1} other pods)"),
        };
    }

    /// <summary>True for updates that touch what the checks look at, or the images.</summary>
    private static bool IsSignificant(Pod pod, Pod old)
    {
        PodSpec spec = pod.Spec;
        if (!SameAnnotation(pod, old, SeccompPod) || spec.Containers.Count != old.Spec.Containers.Count
            || spec.InitContainers.Count != old.Spec.InitContainers.Count)
        {
            return true;
        }

        bool Changed(Container one, Container before) =>
            one.Image != before.Image || !SameAnnotation(pod, old, SeccompContainer + one.Name);
        bool ChangedEphemeral(EphemeralContainerCommon one) =>
            old.Spec.EphemeralContainers.FirstOrDefault(other => other.EphemeralContainerCommon.Name == one.Name)
                is not { } before
            || one.Image != before.EphemeralContainerCommon.Image
            || !SameAnnotation(pod, old, SeccompContainer + one.Name);
        return spec.Containers.Zip(old.Spec.Containers).Any(pair => Changed(pair.First, pair.Second))
            || spec.InitContainers.Zip(old.Spec.InitContainers).Any(pair => Changed(pair.First, pair.Second))
            || spec.EphemeralContainers.Any(one => ChangedEphemeral(one.EphemeralContainerCommon));
    }

    private static bool SameAnnotation(Pod pod, Pod old, string key) =>
        pod.Metadata.Annotations.GetValueOrDefault(key) == old.Metadata.Annotations.GetValueOrDefault(key);
}
