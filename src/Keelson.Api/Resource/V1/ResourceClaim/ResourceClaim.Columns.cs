using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaim
{
    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("State", "Whether the claim is allocated, reserved for pods, or going away."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(ResourceClaim obj, TableContext context)
    {
        List<string> states = [];
        if (obj.Metadata.DeletionTimestamp is not null)
        {
            states.Add("deleted");
        }

        if (obj.Status.Allocation is null)
        {
            if (obj.Metadata.DeletionTimestamp is null)
            {
                states.Add("pending");
            }
        }
        else
        {
            states.Add("allocated");
            states.Add(obj.Status.ReservedFor.Count > 0 ? "reserved" : "");
        }

        return
        [
            obj.Metadata.Name,
            string.Join(",", states.Where(static one => one.Length > 0)),
            context.Age(obj.Metadata.CreationTimestamp),
        ];
    }
}
