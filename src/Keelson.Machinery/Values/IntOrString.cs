using System.Globalization;

namespace Keelson.Machinery.Values;

/// <summary>A number or a text, as ports and surge settings take them: <c>80</c>, <c>"http"</c>, <c>"25%"</c>.</summary>
public readonly record struct IntOrString
{
    private readonly string? _text;

    /// <summary>A number.</summary>
    public IntOrString(int number) => Number = number;

    /// <summary>A text.</summary>
    public IntOrString(string text) => _text = text;

    /// <summary>True when the value is a text.</summary>
    public bool IsText => _text is not null;

    /// <summary>The number; 0 for a text.</summary>
    public int Number { get; }

    /// <summary>The text; empty for a number.</summary>
    public string Text => _text ?? "";

    /// <summary>Reads a whole percentage such as <c>25%</c>.</summary>
    public bool TryGetPercent(out int percent)
    {
        percent = 0;
        return _text is [.., '%'] && int.TryParse(_text.AsSpan(0, _text.Length - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out percent);
    }

    /// <summary>The value as upstream prints it.</summary>
    public override string ToString() => _text ?? Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number.</summary>
    public static implicit operator IntOrString(int number) => new(number);

    /// <summary>A text.</summary>
    public static implicit operator IntOrString(string text) => new(text);
}
