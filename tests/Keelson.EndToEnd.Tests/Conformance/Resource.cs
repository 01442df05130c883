using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>The objects of one resource, in a namespace or in the cluster, through the API over HTTP.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Path">The path of the collection.</param>
internal sealed record Resource(ClusterFixture Cluster, string Path)
{
    private const string InitialEnd = "k8s.io/initial-events-end";

    /// <summary>Creates an object from YAML.</summary>
    public Task<JsonNode> CreateAsync(string yaml) =>
        Cluster.SendAsync(HttpMethod.Post, Path, yaml, "application/yaml");

    /// <summary>What the server says to a creation that it refuses.</summary>
    public Task<JsonNode> RefusedAsync(string yaml, HttpStatusCode code) =>
        RefusedAsync(HttpMethod.Post, "", yaml, "application/yaml", code);

    /// <summary>What the server says to a request that it refuses.</summary>
    public async Task<JsonNode> RefusedAsync(
        HttpMethod method, string tail, string body, string contentType, HttpStatusCode code)
    {
        using HttpRequestMessage request =
            new(method, Path + tail) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        using HttpResponseMessage response = await Cluster.Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == code, $"{method} {Path}{tail}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Reads an object, or a subresource: <c>name/status</c>.</summary>
    public Task<JsonNode> GetAsync(string name) => Cluster.GetAsync($"{Path}/{name}");

    /// <summary>Reads an object, changes it and writes it back, anew when somebody wrote in between.</summary>
    /// <param name="name">The name; with a subresource <c>name/status</c>.</param>
    /// <param name="change">The change.</param>
    public async Task<JsonNode> UpdateAsync(string name, Action<JsonNode> change)
    {
        for (int attempt = 0; ; attempt++)
        {
            JsonNode current = await GetAsync(name);
            change(current);
            using HttpRequestMessage request = new(HttpMethod.Put, $"{Path}/{name}")
            {
                Content = new StringContent(current.ToJsonString(), Encoding.UTF8, "application/json"),
            };
            using HttpResponseMessage response = await Cluster.Client.SendAsync(request);
            string text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.Conflict && attempt < 20)
            {
                continue;
            }

            Assert.True(response.IsSuccessStatusCode, $"PUT {Path}/{name}: {(int)response.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }

    /// <summary>Merges JSON into an object or, with <c>name/status</c>, into a subresource.</summary>
    public Task<JsonNode> MergeAsync(string name, string json) => Cluster.PatchAsync($"{Path}/{name}", json);

    /// <summary>Merges JSON strategically.</summary>
    public Task<JsonNode> StrategicAsync(string name, string json) => Cluster.SendAsync(
        HttpMethod.Patch, $"{Path}/{name}", json, "application/strategic-merge-patch+json");

    /// <summary>Applies a JSON patch.</summary>
    public Task<JsonNode> JsonPatchAsync(string name, string json) =>
        Cluster.SendAsync(HttpMethod.Patch, $"{Path}/{name}", json, "application/json-patch+json");

    /// <summary>Deletes an object, with options as JSON.</summary>
    public Task<JsonNode> DeleteAsync(string name, string? options = null) =>
        Cluster.DeleteAsync($"{Path}/{name}", options);

    /// <summary>Deletes what a selector finds.</summary>
    public Task<JsonNode> DeleteCollectionAsync(string labelSelector, string? options = null) =>
        Cluster.DeleteAsync($"{Path}?labelSelector={Uri.EscapeDataString(labelSelector)}", options);

    /// <summary>The objects that a selector finds.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string labelSelector = "") =>
        (await Cluster.GetAsync($"{Path}?labelSelector={Uri.EscapeDataString(labelSelector)}")).Items();

    /// <summary>Whether an object is there.</summary>
    public Task<bool> ExistsAsync(string name) => Cluster.ExistsAsync($"{Path}/{name}");

    /// <summary>Opens a watch.</summary>
    public Task<WatchStream> WatchAsync(string query = "") => WatchStream.OpenAsync(Cluster, Path, query);

    /// <summary>Waits until an object is as it should be.</summary>
    public async Task<JsonNode> UntilAsync(string name, Func<JsonNode, bool> holds) =>
        (await FollowAsync($"fieldSelector=metadata.name%3D{name}", found => found is [var one] && holds(one)))[0];

    /// <summary>Waits until an object is gone.</summary>
    public Task GoneAsync(string name) =>
        FollowAsync($"fieldSelector=metadata.name%3D{name}", static found => found is []);

    /// <summary>Waits until the objects that a selector finds are as they should be.</summary>
    public Task<IReadOnlyList<JsonNode>> UntilAllAsync(
        Func<IReadOnlyList<JsonNode>, bool> holds, string labelSelector = "") =>
        FollowAsync($"labelSelector={Uri.EscapeDataString(labelSelector)}", holds);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Follows the objects of a watch, from a complete list on, until they are as they should be.</summary>
    private async Task<IReadOnlyList<JsonNode>> FollowAsync(string query, Func<IReadOnlyList<JsonNode>, bool> holds)
    {
        SortedDictionary<string, JsonNode> found = new(StringComparer.Ordinal);
        await using WatchStream watch = await WatchAsync(
            query + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        bool complete = false;
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            while (true)
            {
                WatchEvent next = await watch.NextAsync(patience: Patience - TimeProvider.System.GetElapsedTime(start));
                string key = $"{next.Object.Text("metadata.namespace")}/{next.Object.Name()}";
                switch (next.Type)
                {
                    case "BOOKMARK":
                        complete |= next.Object.Annotation(InitialEnd) == "true";
                        break;
                    case "DELETED":
                        found.Remove(key);
                        break;
                    case "ERROR":
                        throw new InvalidOperationException(next.Object.ToJsonString());
                    default:
                        found[key] = next.Object;
                        break;
                }

                if (complete && holds([.. found.Values]))
                {
                    return [.. found.Values];
                }
            }
        }
        catch (TimeoutException)
        {
            foreach (JsonNode one in found.Values)
            {
                one["metadata"]!.AsObject().Remove("managedFields");
            }

            throw new TimeoutException($"{Path}?{query} stays at {string.Join('\n', found.Values)}");
        }
    }
}
