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
    /// <returns>False when the pod has none, so that nothing of it can run.</returns>
    public async Task<bool> SetUpGroupAsync(Pod pod, PodPlan plan, CancellationToken cancellationToken)
    {
        PodBounds bounds = PodBounds.Of(pod);
        Pod before = services.Resizing.Actuated(pod.Metadata.Uid)?.Apply(pod) ?? pod;
        long begun = services.Context.Clock.GetTimestamp();
        string? error = await services.Cgroups.SetUpAsync(
            pod, plan.CreateSandbox ? bounds : bounds.Or(PodBounds.Of(before)), cancellationToken);
        services.Context.Metrics.Pods.Cgroups.Observe(
            services.Context.Clock.GetElapsedTime(begun), plan.CreateSandbox ? "create" : "update");
        if (plan.CreateSandbox)
        {
            services.Resizing.ActuatePod(pod);
        }

        if (error is null)
        {
            return true;
        }

        string text = $"unable to ensure pod container exists: failed to create container for "
            + $"{services.Cgroups.ParentOf(pod)} : {error}";
        services.Context.Log($"pod {PodNames.Text(pod)}: {text}");
        if (services.Cgroups.IsSetUp(pod))
        {
            return true;
        }

        services.Events.Warning(pod, "FailedToCreatePodContainer", text);
        return false;
    }

    /// <summary>Removes the group of a pod that is over.</summary>
    public async Task TearDownGroupAsync(Pod pod, CancellationToken cancellationToken)
    {
        long begun = services.Context.Clock.GetTimestamp();
        if (await services.Cgroups.TearDownAsync(pod.Metadata.Uid, cancellationToken) is { } error)
        {
            services.Context.Log($"control group of pod {PodNames.Text(pod)}: {error}");
        }

        services.Context.Metrics.Pods.Cgroups.Observe(services.Context.Clock.GetElapsedTime(begun), "destroy");
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
    public async Task<bool> FinishAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (Conditions.InProgress is null)
        {
            return false;
        }

        if (await services.Cgroups.SetUpAsync(pod, PodBounds.Of(pod), cancellationToken) is { } error)
        {
            services.Context.Log($"control group of pod {PodNames.Text(pod)}: {error}");
        }

        services.Resizing.ActuatePod(pod);
        services.Resizing.Complete(pod);
        return true;
    }
}
