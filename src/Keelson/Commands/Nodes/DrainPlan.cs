using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Nodes;

/// <summary>Which pods of a node are to go, and what speaks against it.</summary>
internal sealed record DrainPlan(IReadOnlyList<ObjectTree> Pods, IReadOnlyList<string> Errors, string Warnings)
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";
    private const string DaemonSetError = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)";
    private const string DaemonSetWarning = "ignoring DaemonSet-managed Pods";
    private const string DataError = "cannot delete Pods with local storage (use --delete-emptydir-data to override)";
    private const string LonelyError =
        "cannot delete Pods that declare no controller (use --force to override)";
    private const string LonelyWarning = "deleting Pods that declare no controller";

    public static DrainPlan Of(
        IReadOnlyList<ObjectTree> pods, bool ignoresDaemonSets, bool deletesEmptyDir, bool isForced)
    {
        List<ObjectTree> leaving = [];
        SortedDictionary<string, List<string>> errors = new(StringComparer.Ordinal);
        SortedDictionary<string, List<string>> warnings = new(StringComparer.Ordinal);
        foreach (ObjectTree pod in pods)
        {
            string name = $"{pod.Namespace()}/{pod.Name()}";
            bool isOver = pod.TextAt("status", "phase") is "Succeeded" or "Failed";
            if (pod.Node("metadata", "annotations")?.Contains(MirrorAnnotation) == true)
            {
                continue;
            }

            if (pod.Controller()?.Kind() == "DaemonSet" && !isOver)
            {
                Note(ignoresDaemonSets ? warnings : errors, ignoresDaemonSets ? DaemonSetWarning : DaemonSetError,
                    name);
                continue;
            }

            bool hasData = pod.Objects("spec", "volumes").Any(volume => volume.Contains("emptyDir"));
            if (hasData && !isOver && !deletesEmptyDir)
            {
                Note(errors, DataError, name);
                continue;
            }

            if (pod.Controller() is null && !isOver)
            {
                Note(isForced ? warnings : errors, isForced ? LonelyWarning : LonelyError, name);
                if (!isForced)
                {
                    continue;
                }
            }

            leaving.Add(pod);
        }

        return new(
            leaving,
            [.. errors.Select(one => $"{one.Key}: {string.Join(", ", one.Value)}")],
            string.Join("; ", warnings.Select(one => $"{one.Key}: {string.Join(", ", one.Value)}")));
    }

    private static void Note(SortedDictionary<string, List<string>> notes, string reason, string pod)
    {
        if (!notes.TryGetValue(reason, out List<string>? names))
        {
            notes[reason] = names = [];
        }

        names.Add(pod);
    }
}
