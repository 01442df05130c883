using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    private const string SchedulingGated = "SchedulingGated";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<Pod>> Subresources { get; } =
    [
        new(
            "status", PrepareStatus, ValidateStatusUpdate,
            ["spec", "metadata.deletionTimestamp", "metadata.ownerReferences"])
        {
            Warnings = static pod => ContentRules.IpWarnings(
                pod.Status.PodIPs.Select(static one => one.Ip),
                static i => FieldPath.Of("status").Child("podIPs").Index(i).Child("ip"))
                .Concat(ContentRules.IpWarnings(
                    pod.Status.HostIPs.Select(static one => one.Ip),
                    static i => FieldPath.Of("status").Child("hostIPs").Index(i).Child("ip"))),
        },
        new("ephemeralcontainers", PrepareEphemeralContainers, ValidateEphemeralContainersUpdate, [])
        {
            OwnedFields = ["spec.ephemeralContainers"],
        },
        new("resize", PrepareResize, ValidateResize, [])
        {
            OwnedFields =
            [
                "spec.containers.*.resources",
                "spec.containers.*.resizePolicy",
                "spec.initContainers.*.resources",
                "spec.initContainers.*.resizePolicy",
                "spec.resources",
            ],
        },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Pod>> SelectableFields { get; } =
    [
        new("spec.nodeName", pod => pod.Spec.NodeName),
        new("spec.restartPolicy", pod => pod.Spec.RestartPolicy),
        new("spec.schedulerName", pod => pod.Spec.SchedulerName),
        new("spec.serviceAccountName", pod => pod.Spec.ServiceAccountName),
        new("spec.hostNetwork", pod => pod.Spec.HostNetwork ? "true" : "false"),
        new("status.phase", pod => pod.Status.Phase),
        new("status.podIP", pod => pod.Status.PodIPs.Count > 0 ? pod.Status.PodIPs[0].Ip : ""),
        new("status.nominatedNodeName", pod => pod.Status.NominatedNodeName),

        // An old name of spec.nodeName, and one that is taken but has no value.
        new("spec.host", pod => pod.Spec.NodeName),
        new("status.podIPs", _ => ""),
    ];

    /// <inheritdoc/>
    public static Pod PrepareForCreate(Pod pod, WriteContext context)
    {
        ApiMap<string> labels = pod.Metadata.Labels;
        PodSpec spec = WithAppArmorProfiles(pod.Spec, pod.Metadata.Annotations);
        spec = spec with
        {
            Affinity = spec.Affinity is null ? null : MergeLabels(spec.Affinity, labels),
            TopologySpreadConstraints = spec.TopologySpreadConstraints.Map(one =>
                one.MatchLabelKeys.Count == 0
                    ? one
                    : one with
                    {
                        LabelSelector = MatchLabelKeyRules.Merge(one.LabelSelector, one.MatchLabelKeys, [], labels),
                    }),
        };
        PodCondition gated = new()
        {
            Type = PodConditionType.PodScheduled,
            Status = V1.ConditionStatus.False,
            Reason = SchedulingGated,
            Message = "Scheduling is blocked due to non-empty scheduling gates",
            LastTransitionTime = context.Now,
        };
        return pod with
        {
            Metadata = pod.Metadata with { Generation = 1 },
            Spec = spec,
            Status = new()
            {
                Phase = PodPhase.Pending,
                Conditions = spec.SchedulingGates.Count > 0 ? [gated] : default,
                QosClass = PodResources.ComputeQosClass(spec),
            },
        };
    }

    /// <inheritdoc/>
    public static Pod PrepareForUpdate(Pod pod, Pod old, WriteContext context) =>
        Bump(pod with { Status = old.Status }, old);

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(Pod pod, Pod? old)
    {
        // Pods are mostly updated by programs, so only their creation is worth a warning.
        if (old is not null)
        {
            return [];
        }

        List<string> warnings = PodWarnings.Of(pod.Metadata, pod.Spec, null, isPod: true);
        string[] name = [.. ContentRules.Dns1123Label(pod.Metadata.Name)];
        if (name.Length > 0)
        {
            warnings.Insert(
                0,
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS "
                + "label is recommended: ["
                    + string.Join(' ', name) + "]");
        }

        return warnings;
    }

    /// <inheritdoc/>
    public static long? GracePeriodSeconds(Pod pod, long? requested)
    {
        bool isOver = pod.Spec.NodeName.Length == 0 || pod.Status.Phase is PodPhase.Failed or PodPhase.Succeeded;
        long period = isOver ? 0 : requested ?? pod.Spec.TerminationGracePeriodSeconds ?? 0;
        return period < 0 ? 1 : period;
    }

    private static Pod PrepareStatus(Pod pod, Pod old, WriteContext context)
    {
        PodStatus status = pod.Status;
        return pod with
        {
            Spec = old.Spec,

            // Kubelets of old corrupt owner references.
            Metadata = pod.Metadata with
            {
                OwnerReferences = old.Metadata.OwnerReferences,
                Generation = old.Metadata.Generation,
            },
            Status = status with
            {
                QosClass = status.QosClass.Length > 0 ? status.QosClass : old.Status.QosClass,
                ResourceClaimStatuses = status.ResourceClaimStatuses.IsAbsent
                    ? old.Status.ResourceClaimStatuses
                    : status.ResourceClaimStatuses,
                ExtendedResourceClaimStatus = status.ExtendedResourceClaimStatus
                    ?? old.Status.ExtendedResourceClaimStatus,
                ObservedGeneration = status.ObservedGeneration == 0
                    ? old.Status.ObservedGeneration
                    : status.ObservedGeneration,
                Conditions = KeepObservedGenerations(status.Conditions, old.Status.Conditions),
            },
        };
    }

    /// <summary>Who does not know the generation of a condition must not erase it. Types may occur more than once.</summary>
    private static ApiList<PodCondition> KeepObservedGenerations(
        ApiList<PodCondition> conditions, ApiList<PodCondition> old)
    {
        Dictionary<string, Queue<long>> known = new(StringComparer.Ordinal);
        foreach (PodCondition one in old)
        {
            Queue<long> queue = known.GetValueOrDefault(one.Type) ?? (known[one.Type] = new());
            queue.Enqueue(one.ObservedGeneration);
        }

        return conditions.Map(one =>
        {
            long generation = known.TryGetValue(one.Type, out Queue<long>? queue)
                && queue.TryDequeue(out long before) ? before : 0;
            return one.ObservedGeneration == 0 && generation != 0 ? one with { ObservedGeneration = generation } : one;
        });
    }

    private static Pod PrepareEphemeralContainers(Pod pod, Pod old, WriteContext context) => Bump(
        old with
        {
            Metadata = KeepMetadata(pod.Metadata, old.Metadata),
            Spec = old.Spec with { EphemeralContainers = pod.Spec.EphemeralContainers },
        },
        old);

    private static Pod PrepareResize(Pod pod, Pod old, WriteContext context)
    {
        // Added, removed or renamed containers stay as they are, for the validation to complain about.
        bool sameContainers = SameNames(pod.Spec.Containers, old.Spec.Containers);
        bool sameInits = SameNames(pod.Spec.InitContainers, old.Spec.InitContainers);
        if (pod.Spec.Containers.Count != old.Spec.Containers.Count
            || pod.Spec.InitContainers.Count != old.Spec.InitContainers.Count)
        {
            return Bump(pod, old);
        }

        PodSpec spec = old.Spec with
        {
            Containers = sameContainers ? Resized(pod.Spec.Containers, old.Spec.Containers) : pod.Spec.Containers,
            InitContainers = sameInits
                ? Resized(pod.Spec.InitContainers, old.Spec.InitContainers)
                : pod.Spec.InitContainers,
            Resources = pod.Spec.Resources,
        };
        return Bump(old with { Metadata = KeepMetadata(pod.Metadata, old.Metadata), Spec = spec }, old);
    }

    private static bool SameNames(ApiList<Container> containers, ApiList<Container> old) =>
        containers.Select(one => one.Name).SequenceEqual(old.Select(one => one.Name));

    private static ApiList<Container> Resized(ApiList<Container> containers, ApiList<Container> old) =>
        old.Zip(
            containers,
            (before, now) => before with { Resources = now.Resources, ResizePolicy = now.ResizePolicy }).ToApiList();

    /// <summary>A subresource changes none of the metadata that users own.</summary>
    private static ObjectMeta KeepMetadata(ObjectMeta metadata, ObjectMeta old) => metadata with
    {
        DeletionTimestamp = old.DeletionTimestamp,
        Generation = old.Generation,
        Labels = old.Labels,
        Annotations = old.Annotations,
        Finalizers = old.Finalizers,
        OwnerReferences = old.OwnerReferences,
    };

    private static Pod Bump(Pod pod, Pod old)
    {
        long generation = pod.Spec == old.Spec ? old.Metadata.Generation : old.Metadata.Generation + 1;
        return pod.Metadata.Generation == generation
            ? pod
            : pod with { Metadata = pod.Metadata with { Generation = generation } };
    }

    private static Affinity MergeLabels(Affinity affinity, ApiMap<string> labels)
    {
        return affinity with
        {
            PodAffinity = affinity.PodAffinity is not { } with
                ? null
                : with with
                {
                    RequiredDuringSchedulingIgnoredDuringExecution =
                        with.RequiredDuringSchedulingIgnoredDuringExecution.Map(Merge),
                    PreferredDuringSchedulingIgnoredDuringExecution =
                        with.PreferredDuringSchedulingIgnoredDuringExecution.Map(MergeWeighted),
                },
            PodAntiAffinity = affinity.PodAntiAffinity is not { } without
                ? null
                : without with
                {
                    RequiredDuringSchedulingIgnoredDuringExecution =
                        without.RequiredDuringSchedulingIgnoredDuringExecution.Map(Merge),
                    PreferredDuringSchedulingIgnoredDuringExecution =
                        without.PreferredDuringSchedulingIgnoredDuringExecution.Map(MergeWeighted),
                },
        };

        PodAffinityTerm Merge(PodAffinityTerm term) => term.MatchLabelKeys.Count + term.MismatchLabelKeys.Count == 0
            ? term
            : term with
            {
                LabelSelector = MatchLabelKeyRules.Merge(
                    term.LabelSelector, term.MatchLabelKeys, term.MismatchLabelKeys, labels),
            };

        WeightedPodAffinityTerm MergeWeighted(WeightedPodAffinityTerm term) =>
            term with { PodAffinityTerm = Merge(term.PodAffinityTerm) };
    }

    /// <summary>Turns annotations of before 1.30 into the fields that replaced them.</summary>
    private static PodSpec WithAppArmorProfiles(PodSpec spec, ApiMap<string> annotations)
    {
        bool any = annotations.Count > 0
            && annotations.Keys.Any(key => key.StartsWith(PodAnnotations.AppArmorPrefix, StringComparison.Ordinal));
        if (!any || spec.Os?.Name == OSName.Windows)
        {
            return spec;
        }

        return spec with
        {
            InitContainers = spec.InitContainers.Map(Convert),
            Containers = spec.Containers.Map(Convert),
        };

        Container Convert(Container container)
        {
            AppArmorProfile? profile = annotations.TryGetValue(
                PodAnnotations.AppArmorPrefix + container.Name, out string? text)
                ? PodAnnotations.ToAppArmorProfile(text)
                : null;
            bool isNews = profile is not null && container.SecurityContext?.AppArmorProfile is null
                && profile != spec.SecurityContext?.AppArmorProfile;
            SecurityContext context = container.SecurityContext ?? new();
            return isNews
                ? container with { SecurityContext = context with { AppArmorProfile = profile } }
                : container;
        }
    }
}
