using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Nodes.Placement;

/// <summary>A checkpoint of who has what, by pod and container.</summary>
internal sealed class PlacementFile(string path, Action<string> log)
{
    /// <summary>Reads it; null when there is none that can be used.</summary>
    public JsonObject? Read()
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            log($"{path} can't be used: {exception.Message}");
            return null;
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(JsonObject state)
    {
        try
        {
            File.WriteAllText(path + ".new", state.ToJsonString());
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"{path} can't be written: {exception.Message}");
        }
    }

    /// <summary>The entries of a checkpoint: pod, container, what it has.</summary>
    public static IEnumerable<(string Pod, string Container, JsonNode Value)> Entries(JsonObject? state)
    {
        foreach ((string pod, JsonNode? containers) in state?["entries"] as JsonObject ?? [])
        {
            foreach ((string container, JsonNode? value) in containers as JsonObject ?? [])
            {
                if (value is not null)
                {
                    yield return (pod, container, value);
                }
            }
        }
    }

    /// <summary>Entries as a checkpoint has them.</summary>
    public static JsonObject ToJson(IEnumerable<(string Pod, string Container, JsonNode Value)> entries)
    {
        JsonObject json = [];
        foreach (var pod in entries.GroupBy(static one => one.Pod))
        {
            JsonObject containers = [];
            foreach ((_, string container, JsonNode value) in pod)
            {
                containers[container] = value;
            }

            json[pod.Key] = containers;
        }

        return json;
    }
}
