using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Resize;

/// <summary>
/// Brings in force what pods were given: the pod's control group grows first and shrinks last, so that it always holds
/// what its containers are promised.
/// </summary>
internal sealed class ContainerResizer(
    CriClient runtime, PodCgroups cgroups, PodResizing resizing, ContainerLimitsConfig limits)
{
    /// <summary>Does what a plan says of resizes.</summary>
    /// <returns>Null, or why it could not be done.</returns>
    public async Task<string?> ResizeAsync(
        Pod pod, PodPlan plan, PodPicture picture, CancellationToken cancellationToken)
    {
        PodAllocation? actuated = resizing.Actuated(pod.Metadata.Uid);
        Pod before = actuated?.Apply(pod) ?? pod;
        PodBounds now = PodBounds.Of(pod);
        PodBounds then = PodBounds.Of(before);
        if (now.Memory is { } limit && limit < (then.Memory ?? long.MaxValue)
            && cgroups.MemoryUse(pod) is { } used && used > limit)
        {
            return $"attempting to set pod memory limit ({limit}) below current usage ({used})";
        }

        if (await cgroups.SetUpAsync(pod, now.Or(then), cancellationToken) is { } error)
        {
            return error;
        }

        foreach (ContainerToUpdate one in ResizePlanning.InOrder(plan.Update, actuated))
        {
            try
            {
                await runtime.CallAsync(
                    CriMethods.UpdateContainerResources,
                    new Proto.UpdateContainerResourcesRequest
                    {
                        ContainerId = one.Container.Id,
                        Linux = PodResourceConfigs.Of(pod, one.Spec, limits),
                    },
                    cancellationToken);
            }
            catch (RpcException exception)
            {
                return $"updateContainerResources failed for container {one.Spec.Name}: {exception.Message}";
            }

            resizing.Actuate(pod, one.Spec);
        }

        if (await cgroups.SetUpAsync(pod, now, cancellationToken) is { } failure)
        {
            return failure;
        }

        resizing.ActuatePod(pod);
        await TellSandboxAsync(pod, picture, cancellationToken);
        return null;
    }

    /// <summary>The sandbox's own bounds, for runtimes whose sandboxes are machines.</summary>
    private async Task TellSandboxAsync(Pod pod, PodPicture picture, CancellationToken cancellationToken)
    {
        if (picture.Sandboxes.FirstOrDefault(static one => one.IsReady) is not { } sandbox)
        {
            return;
        }

        try
        {
            await runtime.CallAsync(
                CriMethods.UpdatePodSandboxResources,
                new Proto.UpdatePodSandboxResourcesRequest
                {
                    PodSandboxId = sandbox.Id,
                    Resources = PodResourceConfigs.OfPod(pod),
                },
                cancellationToken);
        }
        catch (RpcException)
        {
            // Most runtimes have nothing to do there, and older ones don't know the method.
        }
    }
}
