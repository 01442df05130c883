namespace Keelson.Machinery.Cel;

/// <summary>The kinds of words.</summary>
internal enum CelTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name.</summary>
    Identifier,

    /// <summary>A name in backticks, which may only be selected.</summary>
    QuotedIdentifier,

    /// <summary>A number, a text, bytes.</summary>
    Literal,

    /// <summary>A mark: <c>(</c>, <c>&amp;&amp;</c>, and the word <c>in</c>.</summary>
    Mark,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">The name or the mark.</param>
/// <param name="Value">The value of a literal.</param>
/// <param name="Offset">Where it begins.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, CelValue? Value, int Offset)
{
    /// <summary>True for this mark.</summary>
    public bool Is(string mark) => Kind == CelTokenKind.Mark && Text == mark;
}
