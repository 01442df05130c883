using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolumeClaim
{
    internal const string Unset = "<unset>";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Status", "Whether the claim has got a volume."),
        TableColumn.Text("Volume", "The volume."),
        TableColumn.Text("Capacity", "The size of the volume."),
        TableColumn.Text("Access Modes", "How the volume may be used, in short."),
        TableColumn.Text("StorageClass", "The class that the volume is to be of."),
        TableColumn.Text("VolumeAttributesClass", "The class of the volume's changeable attributes."),
        TableColumn.AgeColumn,
        TableColumn.Text("VolumeMode", "Whether pods see a file system or a device.", 1),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(PersistentVolumeClaim obj, TableContext context)
    {
        bool bound = obj.Spec.VolumeName.Length > 0;
        return
        [
            obj.Metadata.Name,
            obj.Metadata.DeletionTimestamp is null ? obj.Status.Phase : "Terminating",
            obj.Spec.VolumeName,
            bound ? obj.Status.Capacity.GetValueOrDefault(PersistentVolumeClaimRules.Storage).ToString() : "",
            bound ? AccessModeRules.Format(obj.Status.AccessModes) : "",
            obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? obj.Spec.StorageClassName ?? "",
            obj.Spec.VolumeAttributesClassName ?? Unset,
            context.Age(obj.Metadata.CreationTimestamp),
            obj.Spec.VolumeMode ?? Unset,
        ];
    }
}
