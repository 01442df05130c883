using System.Globalization;
using Keelson.Clusters;
using Keelson.Commands.Describe;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Rollout;

/// <summary>A template that a workload has, or had.</summary>
/// <param name="Number">The revision.</param>
/// <param name="Cause">Why it came, as an annotation says.</param>
/// <param name="Template">The template of pods.</param>
/// <param name="Restore">Makes the patch that brings it back.</param>
internal sealed record RolloutRevision(long Number, string Cause, ObjectTree Template, Func<RequestBody> Restore)
{
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";
    private const string CauseAnnotation = "kubernetes.io/change-cause";
    private const string HashLabel = "pod-template-hash";

    /// <summary>Whether the workload has this template now.</summary>
    public bool IsCurrent { get; private init; }

    /// <summary>The revisions of a workload, the oldest first.</summary>
    public static async Task<IReadOnlyList<RolloutRevision>> ReadAsync(
        ClusterConnection cluster, FoundObject one, CancellationToken cancellation) => one.Resource.GroupResource switch
        {
            "deployments.apps" => await OfReplicaSetsAsync(cluster, one, cancellation),
            "daemonsets.apps" or "statefulsets.apps" => await OfControllerRevisionsAsync(cluster, one, cancellation),
            var other => throw new CommandException($"no history viewer has been implemented for \"{other}\""),
        };

    private static async Task<IReadOnlyList<RolloutRevision>> OfReplicaSetsAsync(
        ClusterConnection cluster, FoundObject one, CancellationToken cancellation)
    {
        ObjectTree? present = one.Object.Node("spec", "template");
        return
        [
            .. (await OwnedAsync(cluster, one, "replicasets", cancellation))
                .Select(set =>
                {
                    ObjectTree template = set.Node("spec", "template")!.DeepClone();
                    ObjectTree restored = template.DeepClone();
                    restored.Node("metadata", "labels")?.Remove(HashLabel);
                    string number = set.TextAt("metadata", "annotations", RevisionAnnotation);
                    return new RolloutRevision(
                        long.TryParse(number, CultureInfo.InvariantCulture, out long revision) ? revision : 0,
                        set.TextAt("metadata", "annotations", CauseAnnotation),
                        template,
                        () => ReplaceTemplate(restored))
                    {
                        IsCurrent = present is not null && restored.DeepEquals(present),
                    };
                })
                .OrderBy(revision => revision.Number),
        ];
    }

    private static async Task<IReadOnlyList<RolloutRevision>> OfControllerRevisionsAsync(
        ClusterConnection cluster, FoundObject one, CancellationToken cancellation) =>
    [
        .. (await OwnedAsync(cluster, one, "controllerrevisions", cancellation))
            .Select(revision =>
            {
                ObjectTree data = revision.Node("data") ?? new ObjectTree();
                ObjectTree template = data.Node("spec", "template")?.DeepClone() ?? new ObjectTree();
                template.Remove("$patch");
                return new RolloutRevision(
                    revision.Number("revision") ?? 0,
                    revision.TextAt("metadata", "annotations", CauseAnnotation),
                    template,
                    () => RequestBody.StrategicPatch(data))
                {
                    IsCurrent = one.Object.Node("spec", "template") is { } present && template.DeepEquals(present),
                };
            })
            .OrderBy(revision => revision.Number),
    ];

    private static RequestBody ReplaceTemplate(ObjectTree template)
    {
        ListTree operations = new(
        [
            new ObjectTree
            {
                ["op"] = new TextTree("replace"),
                ["path"] = new TextTree("/spec/template"),
                ["value"] = template,
            },
        ]);
        return new(operations.ToJson(), "application/json-patch+json");
    }

    private static async Task<IEnumerable<ObjectTree>> OwnedAsync(
        ClusterConnection cluster, FoundObject one, string resource, CancellationToken cancellation)
    {
        string selector = DescriptionParts.SelectorText(one.Object.Node("spec", "selector"));
        ObjectTree list = await cluster.GetAsync(
            $"/apis/apps/v1/namespaces/{one.Namespace}/{resource}?labelSelector={Uri.EscapeDataString(selector)}",
            cancellation);
        string uid = one.Object.TextAt("metadata", "uid");
        return list.Objects("items").Where(owned => owned.Controller()?.TextAt("uid") == uid);
    }
}
