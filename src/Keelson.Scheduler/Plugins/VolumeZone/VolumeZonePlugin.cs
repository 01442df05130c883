using Keelson.Api.Core.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.VolumeZone;

/// <summary>Keeps pods to the zones and regions that their volumes are labeled with.</summary>
internal sealed class VolumeZonePlugin(IInformers informers) : IPreFilterPlugin, IFilterPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "VolumeZone";

    /// <summary>The labels, and what those of old are called today.</summary>
    private static readonly (string Label, string Today)[] Labels =
    [
        ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
        ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
        ("topology.kubernetes.io/zone", "topology.kubernetes.io/zone"),
        ("topology.kubernetes.io/region", "topology.kubernetes.io/region"),
    ];

    private static readonly StateSlot<Places> Slot = new();

    private static readonly PluginStatus Elsewhere =
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, "node(s) had no available volume zone");

    private readonly PodClaims _claims = new(informers);

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.StorageClass, ActionType.Add)),
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeLabel)),
        new(
            new(EventResource.PersistentVolumeClaim, ActionType.Add | ActionType.Update),
            static (pod, _, now) => now is PersistentVolumeClaim claim && claim.Metadata.Namespace == pod.Namespace
                && pod.ClaimNames.Contains(claim.Metadata.Name)),
        new(new(EventResource.PersistentVolume, ActionType.Add | ActionType.Update)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        List<(string Label, string Today, string[] Values)> places = [];
        foreach (string name in pod.ClaimNames)
        {
            if (_claims.Claim(pod.Namespace, name) is not { } claim)
            {
                return Refused(PodClaims.NotFound(name));
            }

            if (claim.Spec.VolumeName.Length == 0)
            {
                if (Unbound(claim) is { } problem)
                {
                    return Refused(problem);
                }

                continue;
            }

            if (_claims.Volume(claim.Spec.VolumeName) is not { } volume)
            {
                return Refused($"persistentvolume \"{claim.Spec.VolumeName}\" not found");
            }

            foreach ((string label, string today) in Labels)
            {
                if (volume.Metadata.Labels.TryGetValue(label, out string? value))
                {
                    places.Add((label, today, value.Split("__")));
                }
            }
        }

        if (places.Count == 0)
        {
            return PluginStatus.Skip;
        }

        state.Set(Slot, new(places));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        ApiMap<string> labels = node.Labels;
        if (!Array.Exists(Labels, one => labels.ContainsKey(one.Label)))
        {
            return null;
        }

        foreach ((string label, string today, string[] values) in state.Get(Slot)!.All)
        {
            if ((!labels.TryGetValue(label, out string? value) && !labels.TryGetValue(today, out value))
                || !values.Contains(value))
            {
                return Elsewhere;
            }
        }

        return null;
    }

    /// <summary>Why a claim without a volume is none that gets one with its pod; null when it is.</summary>
    private string? Unbound(PersistentVolumeClaim claim)
    {
        string name = PodClaims.ClassOf(claim);
        if (name.Length == 0)
        {
            return "PersistentVolumeClaim had no pv name and storageClass name";
        }

        if (_claims.Class(name) is not { } storageClass)
        {
            return $"storageclass.storage.k8s.io \"{name}\" not found";
        }

        return storageClass.VolumeBindingMode switch
        {
            null => $"VolumeBindingMode not set for StorageClass \"{name}\"",
            VolumeBindingMode.WaitForFirstConsumer => null,
            _ => "PersistentVolume had no name",
        };
    }

    private static PluginStatus Refused(string reason) =>
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, reason);

    private sealed class Places(List<(string Label, string Today, string[] Values)> all) : ICycleData
    {
        public List<(string Label, string Today, string[] Values)> All => all;

        public ICycleData Clone() => this;
    }
}
