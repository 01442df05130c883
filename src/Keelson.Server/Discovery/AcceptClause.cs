using System.Globalization;

namespace Keelson.Server.Discovery;

/// <summary>One alternative of an Accept header.</summary>
/// <param name="Type">The media type without parameters: application/json.</param>
/// <param name="Parameters">The parameters but the quality.</param>
/// <param name="Quality">The quality, 0 to 1.</param>
internal sealed record AcceptClause(string Type, IReadOnlyDictionary<string, string> Parameters, double Quality)
{
    /// <summary>A parameter's value; empty for none.</summary>
    public string this[string parameter] => Parameters.GetValueOrDefault(parameter, "");

    /// <summary>
    /// The clauses from the one wanted most to the one wanted least: by quality, plain types before wildcards, then the
    /// more specific first. No header means anything.
    /// </summary>
    public static IEnumerable<AcceptClause> Read(string accept) => (accept.Length == 0 ? "*/*" : accept).Split(',')
        .Select(ReadOne)
        .OrderByDescending(one => one.Quality)
        .ThenBy(one => one.Type == "*/*" ? 2 : one.Type.EndsWith("/*", StringComparison.Ordinal) ? 1 : 0)
        .ThenByDescending(one => one.Parameters.Count);

    /// <summary>True when the clause takes the media type.</summary>
    public bool Takes(string type)
    {
        int slash = type.IndexOf('/', StringComparison.Ordinal);
        return Type == type || Type == "*/*"
            || (Type.EndsWith("/*", StringComparison.Ordinal)
                && Type.AsSpan(0, Type.Length - 1).SequenceEqual(type.AsSpan(0, slash + 1)));
    }

    private static AcceptClause ReadOne(string text)
    {
        string[] parts = text.Split(';', StringSplitOptions.TrimEntries);
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        double quality = 1;
        foreach (string parameter in parts.AsSpan(1))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            (string name, string value) = equals < 0 ? (parameter, "")
                : (parameter[..equals], parameter[(equals + 1)..].Trim('"'));
            if (name == "q")
            {
                quality = double.TryParse(value, CultureInfo.InvariantCulture, out double given) ? given : 1;
            }
            else
            {
                parameters[name] = value;
            }
        }

        return new AcceptClause(parts[0], parameters, quality);
    }
}
