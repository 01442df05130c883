using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIDriver
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        Boolean("AttachRequired", "Whether volumes are attached to a node before they are mounted."),
        Boolean("PodInfoOnMount", "Whether the driver is told about the pod."),
        Boolean("StorageCapacity", "Whether the scheduler looks at the storage that is left."),
        TableColumn.Text("TokenRequests", "The audiences of the service account tokens that the driver gets."),
        Boolean("RequiresRepublish", "Whether the driver is called again and again while a volume is mounted."),
        TableColumn.Text("Modes", "The kinds of volumes that the driver serves."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(CSIDriver obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.AttachRequired ?? true,
        obj.Spec.PodInfoOnMount ?? false,
        obj.Spec.StorageCapacity ?? false,
        obj.Spec.TokenRequests.IsAbsent ? "<unset>" : string.Join(",", obj.Spec.TokenRequests.Select(one => one.Audience)),
        obj.Spec.RequiresRepublish ?? false,
        obj.Spec.VolumeLifecycleModes.Count == 0 ? "<none>" : string.Join(",", obj.Spec.VolumeLifecycleModes),
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static TableColumn Boolean(string name, string description) => new(name, "boolean", "", description, 0);
}
