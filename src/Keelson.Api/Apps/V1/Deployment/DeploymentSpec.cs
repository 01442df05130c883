using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>Desired state of a deployment.</summary>
[ApiType("io.k8s.api.apps.v1.DeploymentSpec")]
public sealed partial record DeploymentSpec
{
    /// <summary>Number of pods to keep running. Zero is allowed; an omitted value becomes 1.</summary>
    [Field(1)]
    public partial int? Replicas { get; init; }

    /// <summary>
    /// Labels that identify the pods of this deployment; replica sets whose pods match are adopted. Required, must
    /// match the template's labels, and cannot be changed after creation.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Pod to create. Any change to it starts a new rollout; the restart policy may only be Always.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial PodTemplateSpec Template { get; init; }

    /// <summary>
    /// How old pods give way to new ones. Defaults to RollingUpdate with a surge and an unavailability of 25% each.
    /// </summary>
    [Field(4, PatchStrategy = "retainKeys")]
    public partial DeploymentStrategy Strategy { get; init; }

    /// <summary>
    /// Seconds a new pod must stay ready, with no container crashing, before it counts as available. Defaults to 0.
    /// </summary>
    [Field(5)]
    public partial int MinReadySeconds { get; init; }

    /// <summary>
    /// Number of old replica sets kept so that a rollback is possible. Defaults to 10; 0 gives up rollback.
    /// </summary>
    [Field(6)]
    public partial int? RevisionHistoryLimit { get; init; }

    /// <summary>While true, changes of the template do not start a rollout. Scaling still takes effect.</summary>
    [Field(7)]
    public partial bool Paused { get; init; }

    /// <summary>
    /// Seconds a rollout may go without progress before it is reported as failed through the Progressing condition
    /// with reason ProgressDeadlineExceeded. Paused time is not counted; the controller keeps trying afterwards.
    /// Defaults to 600 and must exceed minReadySeconds.
    /// </summary>
    [Field(9)]
    public partial int? ProgressDeadlineSeconds { get; init; }
}
