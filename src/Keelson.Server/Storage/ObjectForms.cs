namespace Keelson.Server.Storage;

/// <summary>What was made of an object's JSON and is kept for the next time. Immutable but for the note of its
/// use.</summary>
internal sealed class ObjectForms(FormBudget budget, byte[]? proto, TableRow? row)
{
    /// <summary>What the runtime adds to an array or object, about.</summary>
    private const int Overhead = 24;

    /// <summary>What the forms are charged to.</summary>
    public FormBudget Budget { get; } = budget;

    /// <summary>The object's own protobuf message.</summary>
    public byte[]? Proto { get; } = proto;

    /// <summary>The object's row in a table.</summary>
    public TableRow? Row { get; } = row;

    /// <summary>The round of the budget in which they were used last.</summary>
    public int UsedIn { get; set; } = budget.Round;

    /// <summary>What they take of the budget.</summary>
    public long Bytes => Proto is null && Row is null
        ? 0
        : (2 * Overhead) + (Proto is null ? 0 : Proto.Length + Overhead) + (Row?.Bytes ?? 0);
}
