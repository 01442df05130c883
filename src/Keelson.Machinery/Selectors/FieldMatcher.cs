using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Selectors;

/// <summary>One condition of a field selector: a field has a value, or has not.</summary>
public readonly record struct FieldRequirement(string Field, string Value, bool IsNegated)
{
    /// <summary><c>metadata.name=a</c> or <c>metadata.name!=a</c>, the value escaped.</summary>
    public override string ToString() => Field + (IsNegated ? "!=" : "=") + FieldMatcher.Escape(Value);
}

/// <summary>
/// A condition on an object's selectable fields: all requirements hold. A field that is not there is empty.
/// </summary>
public sealed class FieldMatcher
{
    private readonly FieldRequirement[] _requirements;

    private FieldMatcher(FieldRequirement[] requirements) => _requirements = requirements;

    /// <summary>Matches everything.</summary>
    public static FieldMatcher Everything { get; } = new([]);

    /// <summary>True when everything matches.</summary>
    public bool IsEverything => _requirements.Length == 0;

    /// <summary>The requirements.</summary>
    public IReadOnlyList<FieldRequirement> Requirements => _requirements;

    /// <summary>The value that a field must have; null when none is asked for.</summary>
    public string? RequiredValue(string field)
    {
        foreach (FieldRequirement requirement in _requirements)
        {
            if (requirement.Field == field && !requirement.IsNegated)
            {
                return requirement.Value;
            }
        }

        return null;
    }

    /// <summary>A selector of requirements.</summary>
    public static FieldMatcher Of(params ReadOnlySpan<FieldRequirement> requirements) =>
        requirements.Length == 0 ? Everything : new([.. requirements]);

    /// <summary>
    /// Reads <c>a=b,c!=d,e==f</c> with backslash escapes in values; otherwise the error is upstream's text.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out FieldMatcher? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        List<string> terms = SplitTerms(text);
        terms.Sort(StringComparer.Ordinal);
        List<FieldRequirement> requirements = [];
        foreach (string term in terms)
        {
            if (term.Length == 0)
            {
                continue;
            }

            int at = term.AsSpan().IndexOfAny('=', '!');
            while (at >= 0 && term[at] == '!' && !term.AsSpan(at).StartsWith("!="))
            {
                int next = term.AsSpan(at + 1).IndexOfAny('=', '!');
                at = next < 0 ? -1 : at + 1 + next;
            }

            if (at < 0)
            {
                error = $"invalid selector: '{text}'; can't understand '{term}'";
                return false;
            }

            int width = term[at] == '!' || term.AsSpan(at).StartsWith("==") ? 2 : 1;
            if (!TryUnescape(term[(at + width)..], out string? value, out error))
            {
                return false;
            }

            requirements.Add(new(term[..at], value, term[at] == '!'));
        }

        selector = Of([.. requirements]);
        error = null;
        return true;
    }

    /// <summary>True when the fields, looked up by name, meet all requirements.</summary>
    public bool Matches(Func<string, string?> fieldValue)
    {
        foreach (FieldRequirement requirement in _requirements)
        {
            if ((fieldValue(requirement.Field) ?? "") == requirement.Value == requirement.IsNegated)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value that a field must have: for <c>metadata.name</c>, a list becomes a get.</summary>
    public bool TryGetExactValue(string field, [NotNullWhen(true)] out string? value)
    {
        foreach (FieldRequirement requirement in _requirements)
        {
            if (requirement.Field == field && !requirement.IsNegated)
            {
                value = requirement.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>The canonical text.</summary>
    public override string ToString() => string.Join(',', _requirements);

    /// <summary>Puts a backslash before backslashes, commas and equals signs.</summary>
    public static string Escape(string value) => value.AsSpan().IndexOfAny('\\', ',', '=') < 0 ? value : value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>Undoes <see cref="Escape"/>; otherwise the error is upstream's text.</summary>
    public static bool TryUnescape(
        string text, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (one is ',' or '=')
            {
                error = string.Create(CultureInfo.InvariantCulture,
                    $"invalid field selector: unescaped character in value: {(int)one}");
                return false;
            }

            if (one == '\\')
            {
                i++;
                if (i == text.Length || text[i] is not ('\\' or ',' or '='))
                {
                    error = "invalid field selector: invalid escape sequence: \\" + (i < text.Length ? text[i] : "");
                    return false;
                }

                one = text[i];
            }

            plain.Append(one);
        }

        value = plain.ToString();
        error = null;
        return true;
    }

    private static List<string> SplitTerms(string text)
    {
        List<string> terms = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                terms.Add(text[start..i]);
                start = i + 1;
            }
        }

        terms.Add(text[start..]);
        return terms;
    }
}
