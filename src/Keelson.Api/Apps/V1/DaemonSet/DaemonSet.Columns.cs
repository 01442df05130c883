using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

public sealed partial record DaemonSet
{
    /// <inheritdoc cref="IKind{T}.Columns"/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Desired", "How many nodes should run the pod."),
        TableColumn.Integer("Current", "How many of these nodes do run it."),
        TableColumn.Integer("Ready", "How many nodes have it ready."),
        TableColumn.Integer("Up-to-date", "How many nodes run the newest template."),
        TableColumn.Integer("Available", "How many nodes have had it ready for long enough."),
        TableColumn.Text("Node Selector", "Which nodes are meant."),
        TableColumn.AgeColumn,
        .. WorkloadRules.WideColumns(withSelector: true),
    ];

    /// <inheritdoc cref="IKind{T}.Cells"/>
    public static object?[] Cells(DaemonSet obj, TableContext context)
    {
        (string names, string images) = WorkloadRules.ContainerCells(obj.Spec.Template);
        return
        [
            obj.Metadata.Name,
            (long)obj.Status.DesiredNumberScheduled,
            (long)obj.Status.CurrentNumberScheduled,
            (long)obj.Status.NumberReady,
            (long)obj.Status.UpdatedNumberScheduled,
            (long)obj.Status.NumberAvailable,
            LabelSelectorText.Format(obj.Spec.Template.Spec.NodeSelector),
            context.Age(obj.Metadata.CreationTimestamp),
            names,
            images,
            LabelSelectorText.Format(obj.Spec.Selector),
        ];
    }
}
