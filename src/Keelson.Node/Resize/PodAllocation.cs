using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Resize;

/// <summary>Resources that a pod was given: those of its containers that can be resized, and its own.</summary>
/// <param name="Pod">The pod's own; null for none.</param>
/// <param name="Containers">Those of containers and sidecars, by name.</param>
internal sealed record PodAllocation(
    ResourceRequirements? Pod, IReadOnlyDictionary<string, ResourceRequirements> Containers)
{
    /// <summary>What a pod asks for.</summary>
    public static PodAllocation Of(Pod pod) => new(
        pod.Spec.Resources,
        ContainerSpec.InitOf(pod.Spec).Concat(ContainerSpec.RegularOf(pod.Spec))
            .Where(static one => one.Role is ContainerRole.Regular or ContainerRole.Sidecar)
            .ToDictionary(static one => one.Name, static one => one.Container.Resources, StringComparer.Ordinal));

    /// <summary>The pod with what it was given in place of what it asks for.</summary>
    public Pod Apply(Pod pod)
    {
        Container With(Container one) =>
            Containers.TryGetValue(one.Name, out ResourceRequirements? given)
                && (!given.Limits.Equals(one.Resources.Limits) || !given.Requests.Equals(one.Resources.Requests))
                ? one with { Resources = one.Resources with { Limits = given.Limits, Requests = given.Requests } }
                : one;
        bool isSame = Equals(pod.Spec.Resources, Pod)
            && pod.Spec.Containers.Concat(pod.Spec.InitContainers).All(one => ReferenceEquals(With(one), one));
        return isSame ? pod : pod with
        {
            Spec = pod.Spec with
            {
                Resources = Pod,
                Containers = pod.Spec.Containers.Map(With),
                InitContainers = pod.Spec.InitContainers.Map(With),
            },
        };
    }

    /// <summary>The same with other resources of one container.</summary>
    public PodAllocation With(string container, ResourceRequirements resources) => this with
    {
        Containers = new Dictionary<string, ResourceRequirements>(Containers, StringComparer.Ordinal)
        {
            [container] = resources,
        },
    };

    /// <summary>As the checkpoint has it.</summary>
    public JsonObject ToJson()
    {
        JsonObject containers = [];
        foreach ((string name, ResourceRequirements one) in Containers)
        {
            containers[name] = ToJson(one);
        }

        JsonObject json = new() { ["containerResources"] = containers };
        if (Pod is { } own)
        {
            json["podLevelResources"] = ToJson(own);
        }

        return json;
    }

    /// <summary>Reads what <see cref="ToJson()"/> wrote.</summary>
    public static PodAllocation Read(JsonNode json) => new(
        json["podLevelResources"] is { } own ? ReadResources(own) : null,
        (json["containerResources"] as JsonObject ?? [])
            .ToDictionary(static one => one.Key, static one => ReadResources(one.Value), StringComparer.Ordinal));

    private static JsonObject ToJson(ResourceRequirements resources)
    {
        JsonObject json = [];
        foreach ((string name, ApiMap<Quantity> amounts) in
            (ReadOnlySpan<(string, ApiMap<Quantity>)>)[("limits", resources.Limits), ("requests", resources.Requests)])
        {
            if (amounts.Count > 0)
            {
                JsonObject list = [];
                foreach (KeyValuePair<string, Quantity> one in amounts.OrderBy(static one => one.Key))
                {
                    list[one.Key] = one.Value.ToString();
                }

                json[name] = list;
            }
        }

        return json;
    }

    private static ResourceRequirements ReadResources(JsonNode? json)
    {
        ApiMap<Quantity> Amounts(string name) => ApiMap<Quantity>.From(
            (json?[name] as JsonObject ?? []).Select(static one =>
                KeyValuePair.Create(one.Key, Quantity.Parse(one.Value!.ToString()))));
        return new() { Limits = Amounts("limits"), Requests = Amounts("requests") };
    }

    /// <summary>A container's resources as events show them.</summary>
    public static string Text(ResourceRequirements resources) => ToJson(resources).ToJsonString();
}
