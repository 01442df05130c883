using Keelson.Clusters;
using Keelson.Commands.Describe;
using Keelson.Machinery.Trees;

namespace Keelson.Resources;

/// <summary>The pod that a word means: itself, or the first of a workload or service.</summary>
internal static class PodFinder
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    /// <summary>The pod of <c>web</c>, <c>pod/web</c>, <c>deployment/web</c>, <c>service/web</c>.</summary>
    /// <param name="cluster">Where it is.</param>
    /// <param name="word">The word.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public static async Task<ObjectTree> OneAsync(
        ClusterConnection cluster, string word, CancellationToken cancellation)
    {
        (ObjectTree found, IReadOnlyList<ObjectTree> pods) = await AllAsync(cluster, word, cancellation);
        return pods.Count > 0
            ? pods[0]
            : throw new CommandException(
                $"cannot attach to {found.Kind().ToLowerInvariant()}/{found.Name()}: there is no pod of it");
    }

    /// <summary>What the word names, and the pods of it: running and ready ones first.</summary>
    public static async Task<(ObjectTree Named, IReadOnlyList<ObjectTree> Pods)> AllAsync(
        ClusterConnection cluster, string word, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await cluster.DiscoverAsync(cancellation);
        ResourceTarget target = word.Contains('/')
            ? ResourceArguments.Read([word], discovery)[0]
            : new(discovery.Resolve("pods"), word);
        ObjectTree named = await cluster.GetAsync(target.Resource.Path(cluster.Namespace, target.Name!), cancellation);
        if (target.Resource.GroupResource == "pods")
        {
            return (named, [named]);
        }

        string selector = target.Resource.Kind is "Service" or "ReplicationController"
            ? DescriptionParts.LabelText(named.Pairs("spec", "selector"))
            : DescriptionParts.SelectorText(named.Node("spec", "selector"));
        if (selector == "<none>")
        {
            throw new CommandException(
                $"cannot find pods of {target.Resource.GroupKind}/{named.Name()}: it selects none");
        }

        ObjectTree list = await cluster.GetAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/pods?labelSelector={Uri.EscapeDataString(selector)}",
                cancellation);
        return (named,
        [
            .. list.Objects("items").OrderBy(pod => pod.TextAt("spec", "nodeName").Length == 0)
                .ThenBy(pod => pod.TextAt("status", "phase") switch { "Running" => 0, "Pending" => 1, _ => 2 })
                .ThenBy(pod => !IsReady(pod)).ThenBy(pod => pod.Instant("metadata", "creationTimestamp")),
        ]);
    }

    /// <summary>The container to take when none is named; several are told of.</summary>
    public static string ContainerOf(ObjectTree pod, Action<string> tell)
    {
        IReadOnlyList<ObjectTree> containers = pod.Objects("spec", "containers");
        string annotated = pod.TextAt("metadata", "annotations", DefaultContainer);
        if (containers.Any(one => one.TextAt("name") == annotated))
        {
            return annotated;
        }

        List<string> all =
        [
            .. containers.Select(one => one.TextAt("name")),
            .. pod.Objects("spec", "initContainers").Select(one => one.TextAt("name") + " (init)"),
            .. pod.Objects("spec", "ephemeralContainers").Select(one => one.TextAt("name") + " (ephem)"),
        ];
        if (all.Count > 1)
        {
            tell($"Defaulted container \"{all[0]}\" out of: {string.Join(", ", all)}\n");
        }

        return all[0];
    }

    private static bool IsReady(ObjectTree pod) => pod.Objects("status", "conditions")
        .Any(one => one.TextAt("type") == "Ready" && one.TextAt("status") == "True");
}
