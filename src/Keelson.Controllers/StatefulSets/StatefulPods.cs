using System.Globalization;
using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.StatefulSets;

/// <summary>The pods of stateful sets and their claims: names, identity, storage.</summary>
internal static class StatefulPods
{
    private const string NameLabel = "statefulset.kubernetes.io/pod-name";
    private const string IndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>The ordinal in a pod's name; -1 when the pod's name is not one of the set's.</summary>
    public static int OrdinalOf(StatefulSet set, Pod pod)
    {
        string name = pod.Metadata.Name;
        int dash = name.LastIndexOf('-');
        return dash > 0 && name[..dash] == set.Metadata.Name
            && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
                ? ordinal
                : -1;
    }

    /// <summary>The name of the pod with an ordinal.</summary>
    public static string NameOf(StatefulSet set, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{set.Metadata.Name}-{ordinal}");

    /// <summary>The revision a pod was made of.</summary>
    public static string RevisionOf(Pod pod) => pod.Metadata.Labels.GetValueOrDefault(RevisionHistory.PodLabel) ?? "";

    /// <summary>A pod of a template.</summary>
    public static Pod PodOf(StatefulSet set, PodTemplateSpec template, string revision, int ordinal)
    {
        Pod pod = new()
        {
            Metadata = template.Metadata with
            {
                Name = NameOf(set, ordinal),
                GenerateName = set.Metadata.Name + "-",
                Namespace = set.Metadata.Namespace,
                OwnerReferences = [Owner.ControllerReference(set)],
            },
            Spec = template.Spec with { Hostname = NameOf(set, ordinal), Subdomain = set.Spec.ServiceName },
        };
        return WithIdentity(set, WithStorage(set, pod, ordinal), ordinal, revision);
    }

    /// <summary>A pod with the labels and volumes that its ordinal gives it; the same record when it has
    /// them.</summary>
    public static Pod Mended(StatefulSet set, Pod pod)
    {
        int ordinal = OrdinalOf(set, pod);
        Pod mended = WithIdentity(set, pod, ordinal, RevisionOf(pod));
        return mended.Equals(pod) ? pod : mended;
    }

    /// <summary>The claims of the pod with an ordinal.</summary>
    public static IEnumerable<PersistentVolumeClaim> ClaimsOf(StatefulSet set, int ordinal) =>
        set.Spec.VolumeClaimTemplates.Select(template => ClaimOf(set, template, ordinal));

    /// <summary>
    /// The owners that a claim is to have by the set's retention policy: the set when it is to go with it, the pod when
    /// it is to go with a pod that was scaled away.
    /// </summary>
    public static ApiList<OwnerReference> ClaimOwners(
        StatefulSet set, Pod? pod, ApiList<OwnerReference> old, bool isScaledAway)
    {
        StatefulSetPersistentVolumeClaimRetentionPolicy? policy = set.Spec.PersistentVolumeClaimRetentionPolicy;
        bool withPod = policy?.WhenScaled == "Delete" && isScaledAway;
        bool withSet = policy?.WhenDeleted == "Delete" && !withPod;
        List<OwnerReference> owners =
            [.. old.Where(one => one.Uid != set.Metadata.Uid && one.Uid != pod?.Metadata.Uid)];
        if (withSet)
        {
            owners.Add(Owner.ControllerReference(set));
        }

        if (withPod && pod is not null)
        {
            owners.Add(Owner.ControllerReference(pod));
        }

        return owners.Count == 0 && old.Count == 0 ? old : owners.ToApiList();
    }

    private static PersistentVolumeClaim ClaimOf(StatefulSet set, PersistentVolumeClaim template, int ordinal)
    {
        ApiMap<string> labels = template.Metadata.Labels;
        foreach (KeyValuePair<string, string> one in set.Spec.Selector?.MatchLabels ?? default)
        {
            labels = labels.With(one.Key, one.Value);
        }

        return new PersistentVolumeClaim
        {
            Metadata = template.Metadata with
            {
                Name = ClaimName(set, template, ordinal),
                Namespace = set.Metadata.Namespace,
                Labels = labels,
            },
            Spec = template.Spec,
        };
    }

    private static string ClaimName(StatefulSet set, PersistentVolumeClaim template, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{template.Metadata.Name}-{set.Metadata.Name}-{ordinal}");

    private static Pod WithIdentity(StatefulSet set, Pod pod, int ordinal, string revision)
    {
        ApiMap<string> labels = pod.Metadata.Labels
            .With(NameLabel, NameOf(set, ordinal))
            .With(IndexLabel, ordinal.ToString(CultureInfo.InvariantCulture));
        labels = revision.Length == 0 ? labels : labels.With(RevisionHistory.PodLabel, revision);
        return pod with { Metadata = pod.Metadata with { Labels = labels } };
    }

    private static Pod WithStorage(StatefulSet set, Pod pod, int ordinal)
    {
        if (set.Spec.VolumeClaimTemplates.Count == 0)
        {
            return pod;
        }

        List<Volume> volumes = [];
        foreach (PersistentVolumeClaim template in set.Spec.VolumeClaimTemplates)
        {
            volumes.Add(new Volume
            {
                Name = template.Metadata.Name,
                VolumeSource = new VolumeSource
                {
                    PersistentVolumeClaim =
                        new PersistentVolumeClaimVolumeSource { ClaimName = ClaimName(set, template, ordinal) },
                },
            });
        }

        HashSet<string> names = [.. volumes.Select(static one => one.Name)];
        volumes.AddRange(pod.Spec.Volumes.Where(one => !names.Contains(one.Name)));
        return pod with { Spec = pod.Spec with { Volumes = volumes.ToApiList() } };
    }
}
