namespace Keelson.Machinery.Cel;

/// <summary>A part of an expression's tree.</summary>
/// <param name="Offset">Where it stands in the text.</param>
/// <param name="Depth">How many parts lie in each other here; evaluation goes as deep.</param>
internal abstract record CelNode(int Offset, int Depth)
{
    /// <summary>One more than the deepest of several parts.</summary>
    public static int Above(params ReadOnlySpan<CelNode?> parts)
    {
        int deepest = 0;
        foreach (CelNode? part in parts)
        {
            deepest = Math.Max(deepest, part?.Depth ?? 0);
        }

        return deepest + 1;
    }
}

/// <summary>A value that stands in the text.</summary>
internal sealed record CelLiteral(int Offset, CelValue Value) : CelNode(Offset, 1);

/// <summary>A name: a variable, or a type.</summary>
internal sealed record CelIdentifier(int Offset, string Name) : CelNode(Offset, 1);

/// <summary><c>operand.field</c>, or with <paramref name="IsTest"/> <c>has(operand.field)</c>.</summary>
internal sealed record CelSelect(int Offset, CelNode Operand, string Field, bool IsTest = false)
    : CelNode(Offset, Above(Operand));

/// <summary>A function or an operator; a receiver is the first argument.</summary>
internal sealed record CelCall(int Offset, string Function, CelNode[] Arguments, bool HasReceiver = false)
    : CelNode(Offset, Above(Arguments));

/// <summary>All of it (<c>&amp;&amp;</c>) or any of it (<c>||</c>); a chain is one node, however long.</summary>
internal sealed record CelLogic(int Offset, bool IsAnd, CelNode[] Operands) : CelNode(Offset, Above(Operands));

/// <summary><c>condition ? then : otherwise</c>.</summary>
internal sealed record CelConditional(int Offset, CelNode Condition, CelNode Then, CelNode Otherwise)
    : CelNode(Offset, Above(Condition, Then, Otherwise));

/// <summary><c>[a, b]</c>.</summary>
internal sealed record CelListNode(int Offset, CelNode[] Items) : CelNode(Offset, Above(Items));

/// <summary><c>{a: b}</c>; keys and values take turns.</summary>
internal sealed record CelMapNode(int Offset, CelNode[] KeysAndValues) : CelNode(Offset, Above(KeysAndValues));

/// <summary>What a macro does with a list, or with the keys of a map.</summary>
internal enum CelLoopKind
{
    /// <summary><c>all</c>: every one meets the condition.</summary>
    All,

    /// <summary><c>exists</c>: one meets it.</summary>
    Exists,

    /// <summary><c>exists_one</c>: exactly one meets it.</summary>
    ExistsOne,

    /// <summary><c>map</c>: what becomes of those that meet the condition, if there is one.</summary>
    Map,

    /// <summary><c>filter</c>: those that meet it.</summary>
    Filter,
}

/// <summary>A macro over a list or a map: <c>range.all(variable, condition)</c>.</summary>
internal sealed record CelLoop(
    int Offset, CelLoopKind Kind, CelNode Range, string Variable, CelNode? Condition, CelNode? Transform)
    : CelNode(Offset, Above(Range, Condition, Transform));

/// <summary><c>cel.bind(variable, value, body)</c>.</summary>
internal sealed record CelBinding(int Offset, string Variable, CelNode Value, CelNode Body)
    : CelNode(Offset, Above(Value, Body));
