using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Gives a pod's claims what was decided, beside the scheduling loop, and waits until it is ready.</summary>
internal sealed class DeviceBinding(PluginContext context, ClaimWriter writer, TimeSpan timeout)
{
    private readonly ExtendedClaimWriter _extended = new(context);
    private readonly DeviceReadiness _readiness = new(context, timeout);

    /// <summary>Null when the pod can be bound; otherwise why not.</summary>
    public async Task<PluginStatus?> RunAsync(
        DeviceState devices, PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        for (int i = 0; i < devices.Claims.Length; i++)
        {
            Claim claim = devices.Claims[i];
            if (DeviceClaims.IsReservedFor(claim, pod.Uid))
            {
                continue;
            }

            AllocationResult? decided = devices.Decided[i];
            bool isExtended = devices.IsExtended(i);
            if (isExtended && decided is null)
            {
                continue;
            }

            Claim promised = isExtended ? devices.Chosen!.Claim : claim;
            if (await BindAsync(devices, i, pod.Pod, cancellationToken) is { } problem)
            {
                return PluginStatus.Error(DynamicResourcesPlugin.PluginName, problem);
            }

            if (decided is not null)
            {
                // From here on the claim itself shows it.
                context.Post(() => context.Devices.Forget(promised, decided));
            }
        }

        return devices.Claims.Any(BindingConditions.HasAny)
            ? await _readiness.WaitAsync(devices, pod, nodeName, cancellationToken)
            : null;
    }

    /// <summary>Writes what was decided about a claim; what went wrong, or null.</summary>
    private async Task<string?> BindAsync(DeviceState devices, int index, Pod pod, CancellationToken cancellationToken)
    {
        string? problem = null;
        if (devices.IsExtended(index))
        {
            (Claim? made, problem) = await _extended.CreateAsync(devices.Chosen!.Claim, cancellationToken);
            if (made is null)
            {
                return problem;
            }

            // Kept, so that it is deleted when anything goes wrong from here on.
            devices.Claims[index] = made;
        }

        (Claim? bound, problem) =
            await writer.BindAsync(devices.Claims[index], devices.Decided[index], pod, cancellationToken);
        if (bound is null)
        {
            return problem;
        }

        devices.Claims[index] = bound;
        return devices.IsExtended(index)
            ? await _extended.ShowAsync(bound, devices.Chosen!.Mappings, pod, cancellationToken)
            : null;
    }
}
