using System.Globalization;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>Reads what lies deep in an object: <c>pod.Text("spec.containers.0.image")</c>.</summary>
internal static class JsonPaths
{
    /// <summary>What is at a path; null when there is nothing.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (string step in path.Split('.'))
        {
            node = node switch
            {
                JsonObject fields => fields[step],
                JsonArray items => items.ElementAtOrDefault(int.Parse(step, CultureInfo.InvariantCulture)),
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path; empty when there is none.</summary>
    public static string Text(this JsonNode? node, string path) => (string?)node.At(path) ?? "";

    /// <summary>The number at a path; 0 when there is none, as status fields leave it out.</summary>
    public static long Number(this JsonNode? node, string path) => (long?)node.At(path) ?? 0;

    /// <summary>True when a path leads to something.</summary>
    public static bool Has(this JsonNode? node, string path) => node.At(path) is not null;

    /// <summary>The items at a path; none when there is nothing.</summary>
    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, string path = "items") =>
        node.At(path) is JsonArray items ? [.. items.Select(static one => one!)] : [];

    /// <summary>The object's name.</summary>
    public static string Name(this JsonNode node) => node.Text("metadata.name");

    /// <summary>A label's value; empty when the object does not have it.</summary>
    public static string Label(this JsonNode node, string key) => (string?)node.At("metadata.labels")?[key] ?? "";

    /// <summary>An annotation's value; empty when the object does not have it.</summary>
    public static string Annotation(this JsonNode node, string key) =>
        (string?)node.At("metadata.annotations")?[key] ?? "";

    /// <summary>The name of the object's controller; empty when it has none.</summary>
    public static string Controller(this JsonNode node) =>
        node.Items("metadata.ownerReferences")
            .FirstOrDefault(static one => (bool?)one["controller"] == true)
            .Text("name");

    /// <summary>A condition of the object's status; null when it is not there.</summary>
    public static JsonNode? Condition(this JsonNode node, string type) =>
        node.Items("status.conditions").FirstOrDefault(one => one.Text("type") == type);

    /// <summary>True when a condition of the object's status is there and true.</summary>
    public static bool IsTrue(this JsonNode node, string condition) =>
        node.Condition(condition).Text("status") == "True";

    /// <summary>True when the status speaks of the newest spec.</summary>
    public static bool IsObserved(this JsonNode node) =>
        node.Number("status.observedGeneration") == node.Number("metadata.generation");

    /// <summary>True for a pod that is ready.</summary>
    public static bool IsReadyPod(this JsonNode pod) =>
        pod.Text("status.phase") == "Running" && pod.IsTrue("Ready") && !pod.Has("metadata.deletionTimestamp");

    /// <summary>Sets an annotation.</summary>
    public static void Annotate(this JsonNode node, string key, string value) => node.SetIn("annotations", key, value);

    /// <summary>Sets a label.</summary>
    public static void SetLabel(this JsonNode node, string key, string value) => node.SetIn("labels", key, value);

    private static void SetIn(this JsonNode node, string map, string key, string value)
    {
        JsonObject metadata = (JsonObject)node["metadata"]!;
        if (metadata[map] is not JsonObject values)
        {
            metadata[map] = values = [];
        }

        values[key] = value;
    }
}
