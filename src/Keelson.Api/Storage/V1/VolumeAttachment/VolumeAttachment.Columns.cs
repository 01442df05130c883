using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

public sealed partial record VolumeAttachment
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        new("Attacher", "string", "name", "The driver that attaches the volume.", 0),
        TableColumn.Text("PV", "The volume."),
        TableColumn.Text("Node", "The node that the volume is attached to."),
        new("Attached", "boolean", "", "Whether the volume is attached by now.", 0),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(VolumeAttachment obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.Attacher,
        obj.Spec.Source.PersistentVolumeName ?? "",
        obj.Spec.NodeName,
        obj.Status.Attached,
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
