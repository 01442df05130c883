using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Metrics.V1Beta1;
using Keelson.Machinery.Values;
using Keelson.Server.Http;

namespace Keelson.Server.ResourceMetrics;

/// <summary>The objects of metrics.k8s.io: nodes and pods with what they use, as far as that is known.</summary>
internal sealed class MeasuredObjects(KubeletScraper scraper, IObjectLookup lookup, TimeProvider clock)
    : IVirtualObjects
{
    public const string Group = "metrics.k8s.io";

    public bool Serves(KindInfo kind) => kind == NodeMetrics.Info || kind == PodMetrics.Info;

    public ApiResult<IObject> Get(KindInfo kind, string objectNamespace, string name)
    {
        if (kind == NodeMetrics.Info)
        {
            return lookup.Find<Node>("", name) is { } node
                ? Known(Of(node), "nodemetrics", name)
                : ApiErrors.NotFound("", "nodes", name);
        }

        return lookup.Find<Pod>(objectNamespace, name) is { } pod
            ? Known(Of(pod), "podmetrics", $"{objectNamespace}/{name}")
            : ApiErrors.NotFound("", "pods", name);
    }

    private static ApiResult<IObject> Known(IObject? obj, string resource, string name) =>
        obj is not null ? ApiResult<IObject>.Of(obj) : ApiErrors.NotFound(Group, resource, name);

    public IEnumerable<IObject> List(KindInfo kind, string objectNamespace) => kind == NodeMetrics.Info
        ? lookup.List<Node>().Select(Of).OfType<IObject>()
        : lookup.List<Pod>(objectNamespace).Select(Of).OfType<IObject>();

    private NodeMetrics? Of(Node node)
    {
        (NodeUsage before, NodeUsage now) = scraper.Of(node.Metadata.Name);
        return now.Node is { } point && UsageRate.Between(before.Node, point, scraper.Resolution) is { } rate
            ? new NodeMetrics
            {
                Metadata = Described(node.Metadata),
                Timestamp = new Time(rate.At),
                Window = Duration.Of(rate.Window),
                Usage = Amounts(rate),
            }
            : null;
    }

    private PodMetrics? Of(Pod pod)
    {
        if (pod.Spec.NodeName.Length == 0 || pod.Status.Phase != PodPhase.Running)
        {
            return null;
        }

        var key = (pod.Metadata.Namespace, pod.Metadata.Name);
        (NodeUsage before, NodeUsage now) = scraper.Of(pod.Spec.NodeName);
        if (!now.Pods.TryGetValue(key, out PodUsage? containers))
        {
            return null;
        }

        PodUsage? old = before.Pods.GetValueOrDefault(key);
        List<ContainerMetrics> measured = [];
        (DateTimeOffset at, TimeSpan window) = (DateTimeOffset.MaxValue, TimeSpan.Zero);
        foreach ((string name, UsagePoint point) in containers)
        {
            UsagePoint? past = old is not null && old.TryGetValue(name, out UsagePoint known) ? known : null;
            if (UsageRate.Between(past, point, scraper.Resolution) is not { } rate)
            {
                // A sum over some of the containers would be taken for that of all.
                return null;
            }

            measured.Add(new ContainerMetrics { Name = name, Usage = Amounts(rate) });
            (at, window) = rate.At < at ? (rate.At, rate.Window) : (at, window);
        }

        return measured.Count == 0 ? null : new PodMetrics
        {
            Metadata = Described(pod.Metadata),
            Timestamp = new Time(at),
            Window = Duration.Of(window),
            Containers = measured.ToApiList(),
        };
    }

    private ObjectMeta Described(ObjectMeta of) => ObjectMeta.Empty with
    {
        Name = of.Name,
        Namespace = of.Namespace,
        Labels = of.Labels,
        CreationTimestamp = Time.Now(clock),
    };

    private static ApiMap<Quantity> Amounts(UsageRate rate) => ApiMap<Quantity>.From(
    [
        new("cpu", Quantity.Parse(
            Math.Round(rate.Cores * 1e9).ToString("F0", CultureInfo.InvariantCulture) + "n")),
        new("memory", Quantity.Parse(
            Math.Floor(rate.MemoryBytes / 1024).ToString("F0", CultureInfo.InvariantCulture) + "Ki")),
    ]);
}
