
namespace Keelson.Api.Kinds;

/// <summary>A column of a kind's table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type">string, integer, number, boolean or date.</param>
/// <param name="Format"><c>name</c> for the object's name, else mostly empty.</param>
/// <param name="Description">What the column shows, in our own words.</param>
/// <param name="Priority">0 is always shown, 1 with <c>-o wide</c>.</param>
public sealed record TableColumn(string Name, string Type, string Format, string Description, int Priority)
{
    /// <summary>The columns of kinds that name none.</summary>
    public static IReadOnlyList<TableColumn> Default { get; } =
    [
        new("Name", "string", "name", "The object's name, unique within its namespace and kind.", 0),
        new("Created At", "date", "", "When the server stored the object first.", 0),
    ];

    /// <summary>The usual first column.</summary>
    public static TableColumn NameColumn { get; } = new("Name", "string", "name", "The object's name, unique within its namespace and kind.", 0);

    /// <summary>The usual last column.</summary>
    public static TableColumn AgeColumn { get; } = new("Age", "string", "", "How long ago the object was created.", 0);

    /// <summary>A text column.</summary>
    public static TableColumn Text(string name, string description, int priority = 0) => new(name, "string", "", description, priority);

    /// <summary>A number column.</summary>
    public static TableColumn Integer(string name, string description, int priority = 0) => new(name, "integer", "", description, priority);
}

/// <summary>What a row of a table tells about its object beside the cells.</summary>
/// <param name="Type">Completed: the object will not change any more.</param>
/// <param name="Status">True, False or Unknown.</param>
/// <param name="Reason">How it ended, in one word.</param>
/// <param name="Message">How it ended, in a sentence.</param>
public sealed record TableRowCondition(string Type, string Status, string Reason, string Message);
