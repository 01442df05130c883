using Keelson.Api.Kinds;

namespace Keelson.Api.Storage.V1;

public sealed partial record VolumeAttributesClass
{
    private const string DefaultAnnotation = "volumeattributesclass.alpha.kubernetes.io/is-default-class";

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("DriverName", "The driver that understands the attributes."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(VolumeAttributesClass obj, TableContext context) =>
    [
        obj.Metadata.Annotations.GetValueOrDefault(DefaultAnnotation) == "true"
            ? obj.Metadata.Name + " (default)"
            : obj.Metadata.Name,
        obj.DriverName,
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
