using System.Text;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Kinds;

/// <summary>Values as upstream prints them in "Invalid value: …": objects, lists and maps as JSON.</summary>
public static class ErrorValue
{
    /// <summary>A list of records by their JSON names.</summary>
    public static string Json<T>(ApiList<T> list)
        where T : IWireValue<T> => Render(list, static (json, value) => json.Value(value));

    /// <summary>A list of texts.</summary>
    public static string Json(ApiList<string> list) => Render(list, static (json, value) => json.Value(value));

    /// <summary>A map of texts.</summary>
    public static string Json(ApiMap<string> map) => Render(map, static (json, value) => json.Value(value));

    /// <summary>A record by its JSON names.</summary>
    public static string Json<T>(T value)
        where T : IWireValue<T> => Render(value, static (json, one) => one.WriteJson(json));

    /// <summary>A map of amounts.</summary>
    public static string Json(ApiMap<Quantity> map) =>
        map.IsAbsent ? "null" : Render(map, static (json, value) => json.Value(value));

    /// <summary>A number; null as <c>null</c>.</summary>
    public static string Json(long? number) => number is null ? "null" : number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A text as a JSON string; null as <c>null</c>.</summary>
    public static string Json(string? text) =>
        text is null ? "null" : Render(text, static (json, value) => json.Value(value));

    /// <summary>
    /// An object of names and rendered values. Upstream prints the records of its internal version with the Go names of all
    /// their fields, so they are spelled out where they occur.
    /// </summary>
    public static string Object(params ReadOnlySpan<(string Name, string Rendered)> fields)
    {
        StringBuilder text = new("{");
        foreach ((string name, string rendered) in fields)
        {
            text.Append(text.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(rendered);
        }

        return text.Append('}').ToString();
    }

    /// <summary>A list of rendered values; <c>null</c> for none, as Go prints an absent slice.</summary>
    public static string List(IReadOnlyCollection<string> rendered) =>
        rendered.Count == 0 ? "null" : "[" + string.Join(',', rendered) + "]";

    /// <summary>
    /// The difference of two rendered values as upstream shows it: a unified diff of the JSON, one field a line, indented by
    /// one blank.
    /// </summary>
    public static string Difference(string old, string changed) => Machinery.Validation.UnifiedDiff.Render(Indent(old), Indent(changed));

    private static string Indent(string json)
    {
        StringBuilder text = new(json.Length * 2);
        int depth = 0;
        bool quoted = false;
        for (int i = 0; i < json.Length; i++)
        {
            char one = json[i];
            bool escaped = quoted && one == '\\';
            quoted ^= one == '"';
            if (quoted || one == '"')
            {
                text.Append(one);
                if (escaped)
                {
                    text.Append(json[++i]);
                }

                continue;
            }

            bool opens = one is '{' or '[';
            bool empty = opens && json[i + 1] is '}' or ']';
            if (one is '}' or ']')
            {
                text.Append('\n').Append(' ', --depth);
            }

            text.Append(one);
            if (empty)
            {
                text.Append(json[++i]);
            }
            else if (opens || one == ',')
            {
                depth += opens ? 1 : 0;
                text.Append('\n').Append(' ', depth);
            }
            else if (one == ':')
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    private static string Render<T>(T value, Action<JsonBuffer, T> write)
    {
        JsonBuffer json = new(256);
        write(json, value);
        return Encoding.UTF8.GetString(json.Written);
    }
}
