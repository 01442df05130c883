using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Integer("Mutations", "How many changes the policy makes."),
        TableColumn.Text("ParamKind", "The kind of the objects that parameters come from."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(MutatingAdmissionPolicy obj, TableContext context) =>
    [
        obj.Metadata.Name,
        (long)obj.Spec.Mutations.Count,
        obj.Spec.ParamKind is { } kind ? $"{kind.ApiVersion}/{kind.Kind}" : "<unset>",
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
