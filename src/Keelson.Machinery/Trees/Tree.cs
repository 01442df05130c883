namespace Keelson.Machinery.Trees;

/// <summary>
/// A JSON value as a tree: what patches and server-side apply work on. Objects keep their order. A tree may be changed
/// until it is handed on; from then on it is shared and must not be.
/// </summary>
public abstract class Tree
{
    private protected Tree()
    {
    }
}

/// <summary>JSON null.</summary>
public sealed class NullTree : Tree
{
    private NullTree()
    {
    }

    /// <summary>The one null.</summary>
    public static NullTree Instance { get; } = new();
}

/// <summary>JSON true and false.</summary>
public sealed class BoolTree : Tree
{
    private BoolTree(bool value) => Value = value;

    /// <summary>The one true.</summary>
    public static BoolTree True { get; } = new(true);

    /// <summary>The one false.</summary>
    public static BoolTree False { get; } = new(false);

    /// <summary>The truth.</summary>
    public bool Value { get; }

    /// <summary>The shared instance of a truth.</summary>
    public static BoolTree Of(bool value) => value ? True : False;
}

/// <summary>A whole number that fits 64 bits.</summary>
public sealed class IntegerTree(long value) : Tree
{
    private static readonly IntegerTree[] Small =
        [.. Enumerable.Range(0, 256).Select(number => new IntegerTree(number))];

    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <summary>A number; small ones are shared.</summary>
    public static IntegerTree Of(long value) => (ulong)value < (ulong)Small.Length ? Small[value] : new(value);
}

/// <summary>Any other number.</summary>
public sealed class FloatTree(double value) : Tree
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;
}

/// <summary>A text.</summary>
public sealed class TextTree(string value) : Tree
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;
}

/// <summary>A list.</summary>
public sealed class ListTree : Tree
{
    /// <summary>An empty list.</summary>
    public ListTree() => Items = [];

    /// <summary>A list over the given elements.</summary>
    public ListTree(List<Tree> items) => Items = items;

    /// <summary>The elements.</summary>
    public List<Tree> Items { get; }
}
