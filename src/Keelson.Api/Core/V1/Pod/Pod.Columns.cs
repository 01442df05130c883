using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    private const string None = "<none>";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Ready", "How many of the pod's containers are ready to serve, out of how many."),
        TableColumn.Text("Status", "Where the pod stands in its life, or what keeps it from going on."),
        TableColumn.Text("Restarts", "How often containers were restarted, and when last."),
        TableColumn.AgeColumn,
        TableColumn.Text("IP", "The pod's address, the first one where it has several.", 1),
        TableColumn.Text("Node", "The node the pod runs on.", 1),
        TableColumn.Text("Nominated Node", "The node where other pods are moved out for this one.", 1),
        TableColumn.Text(
            "Readiness Gates", "How many of the additional conditions for readiness hold, out of how many.", 1),
    ];

    /// <inheritdoc/>
    public static TableRowCondition? RowCondition(Pod pod) => pod.Status.Phase switch
    {
        PodPhase.Succeeded => new("Completed", "True", PodPhase.Succeeded, "The pod has completed successfully."),
        PodPhase.Failed => new("Completed", "True", PodPhase.Failed, "The pod failed."),
        _ => null,
    };

    /// <inheritdoc/>
    public static object?[] Cells(Pod pod, TableContext context)
    {
        PodSummary summary = PodSummary.Of(pod);
        string restarts = summary.Restarts.ToString(CultureInfo.InvariantCulture);
        if (summary.Restarts != 0 && !summary.LastRestart.IsZero)
        {
            restarts += $" ({context.Age(summary.LastRestart)} ago)";
        }

        return
        [
            pod.Metadata.Name,
            $"{summary.Ready}/{summary.Containers}",
            summary.Reason,
            restarts,
            context.Age(pod.Metadata.CreationTimestamp),
            pod.Status.PodIPs.Count > 0 ? OrNone(pod.Status.PodIPs[0].Ip) : None,
            OrNone(pod.Spec.NodeName),
            OrNone(pod.Status.NominatedNodeName),
            ReadinessGates(pod),
        ];
    }

    private static string OrNone(string text) => text.Length == 0 ? None : text;

    private static string ReadinessGates(Pod pod)
    {
        ApiList<PodReadinessGate> gates = pod.Spec.ReadinessGates;
        if (gates.Count == 0)
        {
            return None;
        }

        int open = gates.Count(gate =>
            pod.Status.Conditions.FirstOrDefault(one => one.Type == gate.ConditionType)?.Status
                == V1.ConditionStatus.True);
        return $"{open}/{gates.Count}";
    }
}
