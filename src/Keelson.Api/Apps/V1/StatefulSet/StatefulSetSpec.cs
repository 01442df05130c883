using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Desired state of a stateful set. Once created, only replicas, ordinals, template, updateStrategy,
/// revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds can be changed.
/// </summary>
[ApiType("io.k8s.api.apps.v1.StatefulSetSpec")]
public sealed partial record StatefulSetSpec
{
    /// <summary>Number of pods to run from the template, each with its own identity. Defaults to 1.</summary>
    [Field(1)]
    public partial int? Replicas { get; init; }

    /// <summary>
    /// Labels of the pods this set manages. Required, must match the template's labels, and cannot be changed after
    /// creation.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Pod to create for each ordinal; pods are named after the set with the ordinal appended, such as web-0. The
    /// restart policy may only be Always.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial PodTemplateSpec Template { get; init; }

    /// <summary>
    /// Claims every pod gets for itself; each must be mounted by name in the template, and replaces a template
    /// volume of the same name. Cannot be changed after creation.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<PersistentVolumeClaim> VolumeClaimTemplates { get; init; }

    /// <summary>
    /// Name of the headless service, in the same namespace, that gives the pods their DNS names of the form
    /// pod.service.namespace.svc.cluster-domain. The service is created separately. Cannot be changed after
    /// creation.
    /// </summary>
    [Field(5, Always = true)]
    public partial string ServiceName { get; init; }

    /// <summary>
    /// How pods are created and removed: OrderedReady goes one by one, up in ascending and down in descending
    /// order, waiting for each; Parallel does not wait. Defaults to OrderedReady and cannot be changed.
    /// </summary>
    [Field(6, Enum = typeof(PodManagementPolicyType))]
    public partial string PodManagementPolicy { get; init; }

    /// <summary>How pods are replaced when the template changes. Defaults to RollingUpdate.</summary>
    [Field(7)]
    public partial StatefulSetUpdateStrategy UpdateStrategy { get; init; }

    /// <summary>Number of superseded revisions kept for rollback. Defaults to 10.</summary>
    [Field(8)]
    public partial int? RevisionHistoryLimit { get; init; }

    /// <summary>
    /// Seconds a new pod must stay ready, with no container crashing, before it counts as available. Defaults to 0.
    /// </summary>
    [Field(9)]
    public partial int MinReadySeconds { get; init; }

    /// <summary>
    /// Whether claims created from volumeClaimTemplates are kept or removed on scale-down and on deletion of the
    /// set. By default they are kept.
    /// </summary>
    [Field(10)]
    public partial StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    /// <summary>
    /// Numbering of the pods. By default the first has ordinal 0 and each further one the next number.
    /// </summary>
    [Field(11)]
    public partial StatefulSetOrdinals? Ordinals { get; init; }
}
