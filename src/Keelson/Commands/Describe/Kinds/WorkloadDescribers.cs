using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Deployments and the sets that run pods.</summary>
internal static class WorkloadDescribers
{
    private static readonly string[] HashLabel = ["pod-template-hash"];

    public static async Task DeploymentAsync(ObjectTree deployment, Description text, DescribeContext context)
    {
        text.Names(deployment);
        text.Line($"CreationTimestamp:\t{context.Date(deployment.Instant("metadata", "creationTimestamp"))}");
        text.Notes(deployment);
        text.Line($"Selector:\t{DescriptionParts.SelectorText(deployment.Node("spec", "selector"))}");
        ObjectTree status = deployment.Node("status") ?? new ObjectTree();
        text.Line($"Replicas:\t{deployment.Number("spec", "replicas") ?? 0} desired | "
            + $"{status.Number("updatedReplicas") ?? 0} updated | {status.Number("replicas") ?? 0} total | "
            + $"{status.Number("availableReplicas") ?? 0} available | "
            + $"{status.Number("unavailableReplicas") ?? 0} unavailable");
        text.Line($"StrategyType:\t{deployment.TextAt("spec", "strategy", "type")}");
        text.Line($"MinReadySeconds:\t{deployment.Number("spec", "minReadySeconds") ?? 0}");
        if (deployment.Node("spec", "strategy", "rollingUpdate") is { } rolling)
        {
            text.Line($"RollingUpdateStrategy:\t{rolling.Scalar("maxUnavailable")} max unavailable, "
                + $"{rolling.Scalar("maxSurge")} max surge");
        }

        PodDescriber.DescribeTemplate(deployment.Node("spec", "template"), text, context);
        WriteConditions(deployment, text);
        (IReadOnlyList<ObjectTree> old, ObjectTree? current) = await ReplicaSetsAsync(deployment, context);
        text.Line($"OldReplicaSets:\t{SetsText(old)}");
        text.Line($"NewReplicaSet:\t{SetsText(current is null ? [] : [current])}");
        await text.EventsAsync(deployment, context);
    }

    public static async Task ReplicaSetAsync(ObjectTree set, Description text, DescribeContext context)
    {
        text.Names(set);
        bool isController = set.Kind() == "ReplicationController";
        ObjectTree? selector = isController
            ? new ObjectTree { ["matchLabels"] = set.At("spec", "selector") ?? new ObjectTree() }
            : set.Node("spec", "selector");
        text.Line($"Selector:\t{DescriptionParts.SelectorText(selector)}");
        text.Notes(set);
        text.ControlledBy(set);
        text.Line($"Replicas:\t{set.Number("status", "replicas") ?? 0} current / "
            + $"{set.Number("spec", "replicas") ?? 0} desired");
        text.Line($"Pods Status:\t{await DescriptionParts.PodStatusAsync(set, selector, context)}");
        PodDescriber.DescribeTemplate(set.Node("spec", "template"), text, context);
        WriteConditions(set, text);
        await text.EventsAsync(set, context);
    }

    public static async Task StatefulSetAsync(ObjectTree set, Description text, DescribeContext context)
    {
        text.Names(set);
        text.Line($"CreationTimestamp:\t{context.Date(set.Instant("metadata", "creationTimestamp"))}");
        ObjectTree? selector = set.Node("spec", "selector");
        text.Line($"Selector:\t{DescriptionParts.SelectorText(selector)}");
        text.Notes(set);
        text.Line($"Replicas:\t{set.Number("spec", "replicas") ?? 0} desired | "
            + $"{set.Number("status", "replicas") ?? 0} total");
        text.Line($"Update Strategy:\t{set.TextAt("spec", "updateStrategy", "type")}");
        if (set.Number("spec", "updateStrategy", "rollingUpdate", "partition") is { } partition)
        {
            text.Write(1, $"Partition:\t{partition}\n");
            if (set.Scalar("spec", "updateStrategy", "rollingUpdate", "maxUnavailable") is { Length: > 0 } unavailable)
            {
                text.Write(1, $"MaxUnavailable:\t{unavailable}\n");
            }
        }

        text.Line($"Pods Status:\t{await DescriptionParts.PodStatusAsync(set, selector, context)}");
        PodDescriber.DescribeTemplate(set.Node("spec", "template"), text, context);
        WriteClaims(set.Objects("spec", "volumeClaimTemplates"), text);
        await text.EventsAsync(set, context);
    }

    public static async Task DaemonSetAsync(ObjectTree set, Description text, DescribeContext context)
    {
        text.Names(set);
        ObjectTree? selector = set.Node("spec", "selector");
        text.Line($"Selector:\t{DescriptionParts.SelectorText(selector)}");
        string nodes = DescriptionParts.LabelText(set.Pairs("spec", "template", "spec", "nodeSelector"));
        text.Line($"Node-Selector:\t{nodes}");
        text.Notes(set);
        ObjectTree status = set.Node("status") ?? new ObjectTree();
        text.Line($"Desired Number of Nodes Scheduled: {status.Number("desiredNumberScheduled") ?? 0}");
        text.Line($"Current Number of Nodes Scheduled: {status.Number("currentNumberScheduled") ?? 0}");
        text.Line("Number of Nodes Scheduled with Up-to-date Pods: "
            + $"{status.Number("updatedNumberScheduled") ?? 0}");
        text.Line($"Number of Nodes Scheduled with Available Pods: {status.Number("numberAvailable") ?? 0}");
        text.Line($"Number of Nodes Misscheduled: {status.Number("numberMisscheduled") ?? 0}");
        text.Line($"Pods Status:\t{await DescriptionParts.PodStatusAsync(set, selector, context)}");
        PodDescriber.DescribeTemplate(set.Node("spec", "template"), text, context);
        await text.EventsAsync(set, context);
    }

    /// <summary>A deployment's replica sets, oldest first, and which of them is of the present template.</summary>
    public static async Task<(IReadOnlyList<ObjectTree> Old, ObjectTree? Current)> ReplicaSetsAsync(
        ObjectTree deployment, DescribeContext context)
    {
        string selector = DescriptionParts.SelectorText(deployment.Node("spec", "selector"));
        IReadOnlyList<ObjectTree> all = await context.ListAsync(
            $"/apis/apps/v1/namespaces/{deployment.Namespace()}/replicasets",
            "labelSelector=" + Uri.EscapeDataString(selector));
        string uid = deployment.TextAt("metadata", "uid");
        List<ObjectTree> own =
        [
            .. all.Where(set => set.Controller()?.TextAt("uid") == uid)
                .OrderBy(set => set.Instant("metadata", "creationTimestamp"))
                    .ThenBy(set => set.Name(), StringComparer.Ordinal),
        ];
        ObjectTree? template = deployment.Node("spec", "template");
        ObjectTree? current = template is null ? null : own.FirstOrDefault(set => IsOf(set, template));
        return ([.. own.Where(set => set != current)], current);
    }

    private static bool IsOf(ObjectTree set, ObjectTree template)
    {
        if (set.Node("spec", "template")?.DeepClone() is not { } own)
        {
            return false;
        }

        own.Node("metadata", "labels")?.Remove(HashLabel[0]);
        ObjectTree wanted = template.DeepClone();
        wanted.Node("metadata", "labels")?.Remove(HashLabel[0]);
        return own.DeepEquals(wanted);
    }

    private static string SetsText(IReadOnlyList<ObjectTree> sets) => sets.Count == 0
        ? "<none>"
        : string.Join(", ", sets.Select(set => $"{set.Name()} ({set.Number("status", "replicas") ?? 0}/"
            + $"{set.Number("spec", "replicas") ?? 0} replicas created)"));

    private static void WriteConditions(ObjectTree obj, Description text)
    {
        IReadOnlyList<ObjectTree> conditions = obj.Objects("status", "conditions");
        if (conditions.Count == 0)
        {
            return;
        }

        text.Write(0, "Conditions:\n  Type\tStatus\tReason\n");
        text.Write(1, "----\t------\t------\n");
        foreach (ObjectTree condition in conditions)
        {
            text.Write(1, $"{condition.TextAt("type")} \t{condition.TextAt("status")}\t{condition.TextAt("reason")}\n");
        }
    }

    private static void WriteClaims(IReadOnlyList<ObjectTree> claims, Description text)
    {
        text.Line(claims.Count == 0 ? "Volume Claims:\t<none>" : "Volume Claims:");
        foreach (ObjectTree claim in claims)
        {
            text.Write(1, $"Name:\t{claim.Name()}\n");
            text.Write(1, $"StorageClass:\t{claim.TextAt("spec", "storageClassName")}\n");
            text.Pairs("Labels", claim.Pairs("metadata", "labels"), "  ");
            text.Pairs("Annotations", claim.Pairs("metadata", "annotations"), "  ");
            string capacity = claim.Scalar("spec", "resources", "requests", "storage");
            text.Write(1, $"Capacity:\t{(capacity.Length > 0 ? capacity : "<default>")}\n");
            text.Write(1, $"Access Modes:\t{DescriptionParts.GoList(claim.Texts("spec", "accessModes"))}\n");
        }
    }
}
