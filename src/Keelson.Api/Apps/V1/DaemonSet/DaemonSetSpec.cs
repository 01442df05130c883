using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>Desired state of a daemon set.</summary>
[ApiType("io.k8s.api.apps.v1.DaemonSetSpec")]
public sealed partial record DaemonSetSpec
{
    /// <summary>
    /// Labels by which the daemon set recognises the pods it manages. Required, must match the labels of the
    /// template, and cannot be changed after creation.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Pod to create on each eligible node. A node selector or affinity in it limits the nodes; the restart policy
    /// may only be Always.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial PodTemplateSpec Template { get; init; }

    /// <summary>
    /// How running daemon pods are replaced when the template changes. Defaults to RollingUpdate.
    /// </summary>
    [Field(3)]
    public partial DaemonSetUpdateStrategy UpdateStrategy { get; init; }

    /// <summary>
    /// Seconds a new pod must stay ready, without any container crashing, before it counts as available. Defaults
    /// to 0, that is, available as soon as it is ready.
    /// </summary>
    [Field(4)]
    public partial int MinReadySeconds { get; init; }

    /// <summary>Number of superseded revisions kept for rollback. Defaults to 10.</summary>
    [Field(6)]
    public partial int? RevisionHistoryLimit { get; init; }
}
