using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

public sealed partial record IngressClass
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Controller", "The controller that implements ingresses of this class."),
        TableColumn.Text("Parameters", "Where the controller finds further settings."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(IngressClass obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.Controller,
        Reference(obj.Spec.Parameters),
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string Reference(IngressClassParametersReference? parameters) => parameters switch
    {
        null => "<none>",
        { ApiGroup: { } group } => $"{parameters.Kind}.{group}/{parameters.Name}",
        _ => $"{parameters.Kind}/{parameters.Name}",
    };
}
