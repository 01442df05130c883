using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Validations", "How many checks the policy makes."),
        TableColumn.Text("ParamKind", "The kind of the objects that parameters come from."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ValidatingAdmissionPolicy obj, TableContext context) =>
    [
        obj.Metadata.Name,
        (long)obj.Spec.Validations.Count,
        obj.Spec.ParamKind is { } kind ? $"{kind.ApiVersion}/{kind.Kind}" : "<unset>",
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
