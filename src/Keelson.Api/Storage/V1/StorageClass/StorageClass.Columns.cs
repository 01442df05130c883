using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

public sealed partial record StorageClass
{
    private const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";
    private const string BetaDefaultAnnotation = "storageclass.beta.kubernetes.io/is-default-class";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Provisioner", "What makes the volumes."),
        TableColumn.Text("ReclaimPolicy", "What happens to a volume once its claim is gone."),
        TableColumn.Text("VolumeBindingMode", "When claims are bound and volumes made."),
        TableColumn.Text("AllowVolumeExpansion", "Whether claims may ask for more later."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(StorageClass obj, TableContext context)
    {
        bool isDefault = obj.Metadata.Annotations.GetValueOrDefault(DefaultAnnotation) == "true"
            || obj.Metadata.Annotations.GetValueOrDefault(BetaDefaultAnnotation) == "true";
        return
        [
            isDefault ? obj.Metadata.Name + " (default)" : obj.Metadata.Name,
            obj.Provisioner,
            obj.ReclaimPolicy ?? "Delete",
            obj.VolumeBindingMode ?? V1.VolumeBindingMode.Immediate,
            obj.AllowVolumeExpansion ?? false,
            context.Age(obj.Metadata.CreationTimestamp),
        ];
    }
}
