using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("PolicyName", "The policy that is put to work."),
        TableColumn.Text("ParamRef", "The object that the parameters come from."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(MutatingAdmissionPolicyBinding obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.PolicyName,
        obj.Spec.ParamRef switch
        {
            null => "<unset>",
            { Namespace.Length: > 0 } reference => $"{reference.Namespace}/{reference.Name}",
            { } reference => reference.Name,
        },
        context.Age(obj.Metadata.CreationTimestamp),
    ];
}
