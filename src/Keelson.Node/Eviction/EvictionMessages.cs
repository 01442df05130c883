using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Eviction;

/// <summary>Why a pod has to go, in upstream's words.</summary>
/// <param name="Text">The message.</param>
/// <param name="Annotations">What the event carries for programs.</param>
internal sealed record EvictionMessage(string Text, ApiMap<string> Annotations)
{
    /// <summary>The message for a pod on a node that is short of something.</summary>
    public static EvictionMessage Of(
        Pod pod,
        PodStats? stats,
        EvictionThreshold threshold,
        IReadOnlyDictionary<string, EvictionObservation> observed)
    {
        string resource = EvictionSignal.ResourceOf(threshold.Signal);
        string text = $"The node was low on resource: {resource}. ";
        if (observed.TryGetValue(threshold.Signal, out EvictionObservation found))
        {
            text += $"Threshold quantity: {threshold.Value.Of(found.Capacity)}, available: {found.Available}. ";
        }

        List<string> names = [];
        List<string> uses = [];
        foreach (ContainerStats one in stats?.Containers ?? [])
        {
            ContainerSpec? spec = ContainerSpec.AllOf(pod.Spec).FirstOrDefault(it => it.Name == one.Name);
            Quantity request = spec?.Container.Resources.Requests.GetValueOrDefault(resource) ?? default;
            if (spec is not null && Use(one, resource) is { } used && used > request)
            {
                text += $"Container {one.Name} was using {used}, request is {request}, has larger consumption of "
                    + $"{resource}. ";
                names.Add(one.Name);
                uses.Add(used.ToString());
            }
        }

        return new(text, ApiMap<string>.From(
        [
            new("offending_containers", string.Join(',', names)),
            new("offending_containers_usage", string.Join(',', uses)),
            new("starved_resource", resource),
        ]));
    }

    private static Quantity? Use(ContainerStats stats, string resource) => (resource, stats) switch
    {
        ("memory", { Memory.WorkingSetBytes: { } used }) =>
            Quantity.FromValue((long)used, QuantityFormat.BinarySI),
        ("ephemeral-storage", { RootFileSystem.UsedBytes: { } layer, Logs.UsedBytes: { } logs }) =>
            Quantity.FromValue((long)(layer + logs), QuantityFormat.BinarySI),
        _ => null,
    };
}
