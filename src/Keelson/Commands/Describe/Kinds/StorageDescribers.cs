using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Persistent volumes and claims.</summary>
internal static class StorageDescribers
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public static async Task ClaimAsync(ObjectTree claim, Description text, DescribeContext context)
    {
        text.Names(claim);
        text.Line($"StorageClass:\t{ClassOf(claim)}");
        WriteStatus(claim, text, context);
        string volume = claim.TextAt("spec", "volumeName");
        text.Line($"Volume:\t{volume}");
        text.Notes(claim);
        text.Line($"Finalizers:\t{DescriptionParts.GoList(claim.Texts("metadata", "finalizers"))}");
        bool isBound = volume.Length > 0;
        string capacity = isBound ? claim.Scalar("status", "capacity", "storage") : "";
        text.Line($"Capacity:\t{(isBound && capacity.Length == 0 ? "0" : capacity)}");
        text.Line(
            $"Access Modes:\t{(isBound ? DescriptionParts.AccessModes(claim.Texts("status", "accessModes")) : "")}");
        if (claim.TextAt("spec", "volumeMode") is { Length: > 0 } mode)
        {
            text.Line($"VolumeMode:\t{mode}");
        }

        if (claim.Node("spec", "dataSource") is { } source)
        {
            text.Line("DataSource:");
            if (source.TextAt("apiGroup") is { Length: > 0 } apiGroup)
            {
                text.Write(1, $"APIGroup:\t{apiGroup}\n");
            }

            text.Write(1, $"Kind:\t{source.TextAt("kind")}\n");
            text.Write(1, $"Name:\t{source.TextAt("name")}\n");
        }

        IReadOnlyList<ObjectTree> pods = await context.ListAsync($"/api/v1/namespaces/{claim.Namespace()}/pods");
        text.Lines("Used By", [.. pods.Where(pod => Uses(pod, claim.Name())).Select(pod => pod.Name())]);
        WriteConditions(claim, text, context);
        await text.EventsAsync(claim, context);
    }

    public static async Task VolumeAsync(ObjectTree volume, Description text, DescribeContext context)
    {
        ObjectTree spec = volume.Node("spec") ?? new ObjectTree();
        text.Line($"Name:\t{volume.Name()}");
        text.Notes(volume);
        text.Line($"Finalizers:\t{DescriptionParts.GoList(volume.Texts("metadata", "finalizers"))}");
        text.Line($"StorageClass:\t{ClassOf(volume)}");
        WriteStatus(volume, text, context);
        string claim = spec.Node("claimRef") is { } reference
            ? $"{reference.TextAt("namespace")}/{reference.TextAt("name")}"
            : "";
        text.Line($"Claim:\t{claim}");
        text.Line($"Reclaim Policy:\t{spec.TextAt("persistentVolumeReclaimPolicy")}");
        text.Line($"Access Modes:\t{DescriptionParts.AccessModes(spec.Texts("accessModes"))}");
        if (spec.TextAt("volumeMode") is { Length: > 0 } mode)
        {
            text.Line($"VolumeMode:\t{mode}");
        }

        text.Line($"Capacity:\t{spec.Scalar("capacity", "storage")}");
        WriteAffinity(spec.Node("nodeAffinity", "required"), text);
        text.Line($"Message:\t{volume.TextAt("status", "message")}");
        text.Line("Source:");
        VolumeDescription.WriteSource(text, spec);
        await text.EventsAsync(volume, context);
    }

    private static string ClassOf(ObjectTree obj) =>
        obj.TextAt("metadata", "annotations", ClassAnnotation) is { Length: > 0 } old
            ? old
            : obj.TextAt("spec", "storageClassName");

    private static void WriteStatus(ObjectTree obj, Description text, DescribeContext context) => text.Line(
        obj.Instant("metadata", "deletionTimestamp") is { } deleted
            ? $"Status:\tTerminating (lasts {context.Since(deleted)})"
            : $"Status:\t{obj.TextAt("status", "phase")}");

    private static bool Uses(ObjectTree pod, string claim) => pod.Objects("spec", "volumes").Any(
        volume => volume.TextAt("persistentVolumeClaim", "claimName") == claim
            || (volume.Node("ephemeral") is not null && $"{pod.Name()}-{volume.TextAt("name")}" == claim));

    private static void WriteAffinity(ObjectTree? required, Description text)
    {
        text.Write(0, "Node Affinity:\t");
        if (required is null)
        {
            text.Line("<none>");
            return;
        }

        text.Line("");
        text.Write(1, "Required Terms:\t");
        IReadOnlyList<ObjectTree> terms = required.Objects("nodeSelectorTerms");
        text.Line(terms.Count == 0 ? "<none>" : "");
        foreach ((int index, ObjectTree term) in terms.Index())
        {
            text.Write(2, $"Term {index}:\t");
            IReadOnlyList<ObjectTree> expressions = term.Objects("matchExpressions");
            text.Write(0, expressions.Count == 0 ? "<none>\n" : "");
            foreach ((int at, ObjectTree one) in expressions.Index())
            {
                string values = one.Texts("values") is { Count: > 0 } given ? $" [{string.Join(", ", given)}]" : "";
                string line = $"{one.TextAt("key")} {one.TextAt("operator").ToLowerInvariant()}{values}\n";
                text.Write(at == 0 ? 0 : 2, (at == 0 ? "" : "\t") + line);
            }
        }
    }

    private static void WriteConditions(ObjectTree claim, Description text, DescribeContext context)
    {
        IReadOnlyList<ObjectTree> conditions = claim.Objects("status", "conditions");
        if (conditions.Count == 0)
        {
            return;
        }

        text.Write(0, "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n");
        text.Write(1, "----\t------\t-----------------\t------------------\t------\t-------\n");
        foreach (ObjectTree one in conditions)
        {
            text.Write(
                1, $"{one.TextAt("type")} \t{one.TextAt("status")} \t{context.Date(one.Instant("lastProbeTime"))} \t"
                + $"{context.Date(one.Instant("lastTransitionTime"))} \t{one.TextAt("reason")} "
                + $"\t{one.TextAt("message")}\n");
        }
    }
}
