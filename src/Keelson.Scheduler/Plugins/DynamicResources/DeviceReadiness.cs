using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Waits beside the scheduling loop until all devices are ready for a pod.</summary>
internal sealed class DeviceReadiness(PluginContext context, TimeSpan timeout)
{
    private const string Plugin = DynamicResourcesPlugin.PluginName;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly IInformer<Claim> _claims = context.Informers.Of<Claim>();

    /// <summary>Null when they are; otherwise why they won't be.</summary>
    public async Task<PluginStatus?> WaitAsync(
        DeviceState devices, PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        context.Events.Record(
            pod.Pod, null, "Normal", "BindingConditionsPending", "Scheduling",
            $"waiting for binding conditions for device on node {nodeName}");
        long started = context.Clock.GetTimestamp();
        while (true)
        {
            bool areReady = AreReady(devices, out string? problem);
            if (areReady)
            {
                return null;
            }

            problem ??= context.Clock.GetElapsedTime(started) >= timeout ? "device binding timeout" : null;
            if (problem is not null)
            {
                return PluginStatus.Error(Plugin, problem);
            }

            await Task.Delay(Pause, context.Clock, cancellationToken);
        }
    }

    private bool AreReady(DeviceState devices, out string? problem)
    {
        for (int i = 0; i < devices.Claims.Length; i++)
        {
            (string @namespace, string name) = (devices.Claims[i].Metadata.Namespace, devices.Claims[i].Metadata.Name);
            if (name.Length == 0)
            {
                // A device plugin has what it would have stood for.
                continue;
            }

            if (_claims.Find(@namespace, name) is not { } claim)
            {
                problem = $"could not find ResourceClaim \"{@namespace}/{name}\"";
                return false;
            }

            devices.Claims[i] = claim;
            if (!BindingConditions.IsReady(claim, out problem))
            {
                bool isLate = BindingConditions.IsLate(claim, timeout, context.Clock.GetUtcNow());
                problem ??= isLate ? $"claim {name} binding timeout" : null;
                return false;
            }
        }

        problem = null;
        return true;
    }
}
