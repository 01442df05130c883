using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Resize;

/// <summary>Brings the resizes of one pod in force on behalf of its worker.</summary>
internal sealed class ResizeRun(PodServices services)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private Pod? _wanted;

    /// <summary>Where the pod's resize stands.</summary>
    public ResizeConditions Conditions { get; private set; } = ResizeConditions.None;

    /// <summary>The pod with what it was given; one that runs is given what it asks for if there is room.</summary>
    public Pod Take(Pod pod, bool isRunning)
    {
        if (!isRunning)
        {
            return services.Resizing.Allocated(pod);
        }

        _wanted = pod;
        (pod, Conditions) = services.Resizing.Take(pod);
        return pod;
    }

    /// <summary>The pod's group; one that shrinks does so once its containers did.</summary>
    public void SetUpGroup(Pod pod, PodPlan plan)
    {
        PodBounds bounds = PodBounds.Of(pod);
        Pod before = services.Resizing.Actuated(pod.Metadata.Uid)?.Apply(pod) ?? pod;
        long begun = services.Context.Clock.GetTimestamp();
        services.Cgroups.SetUp(pod, plan.CreateSandbox ? bounds : bounds.Or(PodBounds.Of(before)));
        services.Context.Metrics.Pods.Cgroups.Observe(
            services.Context.Clock.GetElapsedTime(begun), plan.CreateSandbox ? "create" : "update");
        if (plan.CreateSandbox)
        {
            services.Resizing.ActuatePod(pod);
        }
    }

    /// <summary>Brings new resources in force.</summary>
    /// <returns>When to try again; null when it was done.</returns>
    public async Task<TimeSpan?> RunAsync(
        Pod pod, PodPicture picture, PodPlan plan, CancellationToken cancellationToken)
    {
        services.Resizing.Begin(pod);
        long begun = services.Context.Clock.GetTimestamp();
        string? error = await services.Resizer.ResizeAsync(pod, plan, picture, cancellationToken);
        services.Context.Metrics.Resizes.Duration.Observe(
            services.Context.Clock.GetElapsedTime(begun).TotalMilliseconds, error is null ? "true" : "false");
        if (error is not null)
        {
            services.Resizing.Begin(pod, error);
        }

        (_, Conditions) = services.Resizing.Take(_wanted ?? pod);
        return error is null ? null : RetryPause;
    }

    /// <summary>Notes that a resize is done, when nothing is left to do.</summary>
    /// <returns>True when there was one.</returns>
    public bool Finish(Pod pod)
    {
        if (Conditions.InProgress is null)
        {
            return false;
        }

        services.Cgroups.SetUp(pod, PodBounds.Of(pod));
        services.Resizing.ActuatePod(pod);
        services.Resizing.Complete(pod);
        return true;
    }
}
