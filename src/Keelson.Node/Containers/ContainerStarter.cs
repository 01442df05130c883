using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Images;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Starts containers: image, configuration, creation, start, hook.</summary>
internal sealed class ContainerStarter(
    CriClient runtime, ContainerConfigs configs, ImagePuller images, LifecycleHooks hooks, EventRecorder events)
{
    /// <summary>Starts a container.</summary>
    /// <returns>Null, or why it does not run.</returns>
    public async Task<WaitingReason?> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        (Pod pod, ContainerSpec one) = (request.Pod, request.Container);
        ImageOutcome outcome = await images.EnsureAsync(pod, one, request.Sandbox, cancellationToken);
        if (outcome.Image is not { } image)
        {
            Failed(pod, one, "Failed", $"Error: {outcome.Waiting!.Reason}");
            return outcome.Waiting;
        }

        Dictionary<string, string> volumeImages = new(StringComparer.Ordinal);
        if (await PullVolumesAsync(request, volumeImages, cancellationToken) is { } missing)
        {
            Failed(pod, one, "Failed", $"Error: {missing.Reason}");
            return missing;
        }

        (Proto.ContainerConfig? config, string? error) = await configs.OfAsync(
            new ContainerRequest
            {
                Pod = pod,
                Container = one,
                RestartCount = request.RestartCount,
                ImageRef = image.Ref,
                VolumeImages = volumeImages,
                User = image.User,
                Addresses = request.Addresses,
                TargetId = request.TargetId,
                UserNamespace = request.Sandbox.Linux.SecurityContext.NamespaceOptions.UsernsOptions,
            },
            cancellationToken);
        if (config is null)
        {
            Failed(pod, one, "Failed", $"Error: {error}");
            return new("CreateContainerConfigError", error!);
        }

        return await RunAsync(request, config, cancellationToken);
    }

    /// <summary>Creates and starts a container whose configuration is known.</summary>
    private async Task<WaitingReason?> RunAsync(
        StartRequest request, Proto.ContainerConfig config, CancellationToken cancellationToken)
    {
        (Pod pod, ContainerSpec one) = (request.Pod, request.Container);
        string id;
        try
        {
            Proto.CreateContainerResponse created = await runtime.CallAsync(
                CriMethods.CreateContainer,
                new Proto.CreateContainerRequest
                {
                    PodSandboxId = request.SandboxId,
                    Config = config,
                    SandboxConfig = request.Sandbox,
                },
                cancellationToken);
            id = created.ContainerId;
        }
        catch (RpcException exception)
        {
            Failed(pod, one, "Failed", $"Error: {exception.Status.Message}");
            return new("CreateContainerError", exception.Status.Message);
        }

        events.Record(PodNames.ReferenceTo(pod, one), "Normal", "Created", "Container created");
        try
        {
            await runtime.CallAsync(
                CriMethods.StartContainer, new Proto.StartContainerRequest { ContainerId = id }, cancellationToken);
        }
        catch (RpcException exception)
        {
            Failed(pod, one, "Failed", $"Error: {exception.Status.Message}");
            return new("RunContainerError", exception.Status.Message);
        }

        events.Record(PodNames.ReferenceTo(pod, one), "Normal", "Started", "Container started");
        return one.Container.Lifecycle?.PostStart is { } hook
            ? await PostStartAsync(request, hook, id, cancellationToken)
            : null;
    }

    /// <summary>Brings the images here that the container mounts as volumes.</summary>
    /// <param name="request">The container.</param>
    /// <param name="ids">Gets the images' ids by their references.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why one is not here.</returns>
    private async Task<WaitingReason?> PullVolumesAsync(
        StartRequest request, Dictionary<string, string> ids, CancellationToken cancellationToken)
    {
        foreach (VolumeMount mount in request.Container.Container.VolumeMounts.AsSpan().ToArray())
        {
            ImageVolumeSource? image = request.Pod.Spec.Volumes
                .FirstOrDefault(one => one.Name == mount.Name)?.VolumeSource.Image;
            if (image is null)
            {
                continue;
            }

            Container pulled =
                request.Container.Container with { Image = image.Reference, ImagePullPolicy = image.PullPolicy };
            ImageOutcome outcome = await images.EnsureAsync(
                request.Pod, request.Container with { Container = pulled }, request.Sandbox, cancellationToken);
            images.Metrics?.VolumesWanted.Count();
            if (outcome.Image is not { } found)
            {
                images.Metrics?.VolumeErrors.Count();
                return outcome.Waiting;
            }

            images.Metrics?.VolumesMounted.Count();
            ids[image.Reference] = found.Ref;
        }

        return null;
    }

    private async Task<WaitingReason?> PostStartAsync(
        StartRequest request, LifecycleHandler hook, string id, CancellationToken cancellationToken)
    {
        string address = request.Addresses.Count > 0 ? request.Addresses[0] : "127.0.0.1";
        string? error = await hooks.RunAsync(
            new(hook, request.Pod, request.Container, id, address), cancellationToken);
        if (error is null)
        {
            return null;
        }

        Failed(request.Pod, request.Container, "FailedPostStartHook", "PostStartHook failed");
        ContainerPicture container = new() { Id = id, Name = request.Container.Name, Phase = ContainerPhase.Running };
        await request.Kill(container, request.Container, "FailedPostStartHook");
        return new("PostStartHookError", error);
    }

    private void Failed(Pod pod, ContainerSpec one, string reason, string message) =>
        events.Record(PodNames.ReferenceTo(pod, one), "Warning", reason, message);
}

/// <summary>A container that is to be started.</summary>
internal sealed record StartRequest
{
    /// <summary>The pod.</summary>
    public required Pod Pod { get; init; }

    /// <summary>The container.</summary>
    public required ContainerSpec Container { get; init; }

    /// <summary>The sandbox's id.</summary>
    public required string SandboxId { get; init; }

    /// <summary>What the sandbox was made from.</summary>
    public required Proto.PodSandboxConfig Sandbox { get; init; }

    /// <summary>The pod's addresses.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>How many of its name there were.</summary>
    public required int RestartCount { get; init; }

    /// <summary>Ends the container again, when its hook fails.</summary>
    public required Func<ContainerPicture, ContainerSpec, string, Task> Kill { get; init; }

    /// <summary>The container whose processes an ephemeral one sees; empty for none.</summary>
    public string TargetId { get; init; } = "";
}
