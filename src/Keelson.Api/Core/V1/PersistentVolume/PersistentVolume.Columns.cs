using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record PersistentVolume
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Capacity", "The size of the volume."),
        TableColumn.Text("Access Modes", "How the volume may be used, in short."),
        TableColumn.Text("Reclaim Policy", "What becomes of the volume when its claim is deleted."),
        TableColumn.Text("Status", "Whether the volume is free or taken."),
        TableColumn.Text("Claim", "The claim that has the volume, or is to have it."),
        TableColumn.Text("StorageClass", "The class that the volume is of."),
        TableColumn.Text("VolumeAttributesClass", "The class of the volume's changeable attributes."),
        TableColumn.Text("Reason", "Why the volume is in this state."),
        TableColumn.AgeColumn,
        TableColumn.Text("VolumeMode", "Whether pods see a file system or a device.", 1),
    ];

    /// <inheritdoc/>
    public static object?[] Cells(PersistentVolume obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.Capacity.GetValueOrDefault(PersistentVolumeClaimRules.Storage).ToString(),
        AccessModeRules.Format(obj.Spec.AccessModes),
        obj.Spec.PersistentVolumeReclaimPolicy,
        obj.Metadata.DeletionTimestamp is null ? obj.Status.Phase : "Terminating",
        obj.Spec.ClaimRef is { } claim ? claim.Namespace + "/" + claim.Name : "",
        obj.Metadata.Annotations.GetValueOrDefault(PersistentVolumeClaim.ClassAnnotation) ?? obj.Spec.StorageClassName,
        obj.Spec.VolumeAttributesClassName ?? PersistentVolumeClaim.Unset,
        obj.Status.Reason,
        context.Age(obj.Metadata.CreationTimestamp),
        obj.Spec.VolumeMode ?? PersistentVolumeClaim.Unset,
    ];
}
