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

    private static string Render<T>(T value, Action<JsonBuffer, T> write)
    {
        JsonBuffer json = new(256);
        write(json, value);
        return Encoding.UTF8.GetString(json.Written);
    }
}
