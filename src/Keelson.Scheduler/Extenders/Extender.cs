using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Extenders;

/// <summary>A program outside that has a say in where pods go, asked over HTTP with upstream's messages.</summary>
internal sealed class Extender : IDisposable
{
    /// <summary>The highest score an extender gives.</summary>
    private const long MaxScore = 10;

    private readonly ExtenderConfig _config;
    private readonly HttpClient _http;
    private readonly Action<string> _log;
    private readonly HashSet<string> _resources;

    public Extender(ExtenderConfig config, HttpMessageHandler handler, Action<string> log)
    {
        _config = config;
        _log = log;
        _http = new(handler) { Timeout = config.HttpTimeout };
        _resources = config.ManagedResources.Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What errors call it: its URL.</summary>
    public string Name => _config.UrlPrefix;

    /// <summary>True when it filters nodes.</summary>
    public bool HasFilter => _config.FilterVerb.Length > 0;

    /// <summary>True when it scores nodes.</summary>
    public bool HasPrioritize => _config.PrioritizeVerb.Length > 0;

    /// <summary>True when it has a say in preemption.</summary>
    public bool SupportsPreemption => _config.PreemptVerb.Length > 0;

    /// <summary>True when it binds pods.</summary>
    public bool IsBinder => _config.BindVerb.Length > 0;

    /// <summary>True when pods are placed although it does not answer.</summary>
    public bool IsIgnorable => _config.Ignorable;

    /// <summary>Resources that NodeResourcesFit leaves to it.</summary>
    public IEnumerable<string> IgnoredResources =>
        _config.ManagedResources.Where(static one => one.IgnoredByScheduler).Select(static one => one.Name);

    /// <summary>True when the pod asks for one of its resources, or it has none in particular.</summary>
    public bool IsInterested(PodInfo pod)
    {
        if (_resources.Count == 0)
        {
            return true;
        }

        foreach (Api.Core.V1.Container one in pod.Pod.Spec.Containers.Concat(pod.Pod.Spec.InitContainers))
        {
            if (one.Resources.Requests.Keys.Any(_resources.Contains)
                || one.Resources.Limits.Keys.Any(_resources.Contains))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks which nodes the pod may run on.</summary>
    public ReadOnlySpan<NodeInfo> Filter(
        PodInfo pod, ReadOnlySpan<NodeInfo> nodes, NodeStatuses statuses, out PluginStatus? error)
    {
        error = null;
        JsonNode? answer = Call(_config.FilterVerb, ArgumentsOf(pod, nodes), out string? failure);
        failure ??= Text(answer?["Error"]);
        if (!string.IsNullOrEmpty(failure))
        {
            error = _config.Ignorable ? null : PluginStatus.Error("", failure);
            if (_config.Ignorable)
            {
                _log($"skipping extender {Name} as it returned an error and has the ignorable flag set: {failure}");
            }

            return nodes;
        }

        HashSet<string> left = NamesOf(answer);
        List<NodeInfo> feasible = [];
        foreach (NodeInfo node in nodes)
        {
            if (left.Contains(node.Name))
            {
                feasible.Add(node);
            }
            else if (Text(answer?["FailedAndUnresolvableNodes"]?[node.Name]) is { } never)
            {
                statuses[node] = new(StatusCode.UnschedulableAndUnresolvable, "", never);
            }
            else
            {
                statuses[node] = new(StatusCode.Unschedulable, "", Text(answer?["FailedNodes"]?[node.Name]) ?? "");
            }
        }

        return feasible.ToArray();
    }

    /// <summary>Adds its scores; errors are ignored, as scores are only wishes.</summary>
    public void Prioritize(PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> totals)
    {
        if (!HasPrioritize || !IsInterested(pod))
        {
            return;
        }

        if (Call(_config.PrioritizeVerb, ArgumentsOf(pod, nodes), out string? failure) is not JsonArray answer)
        {
            _log($"failed to run extender's priority function, no score given by this extender: {Name}: {failure}");
            return;
        }

        Dictionary<string, long> scores = new(StringComparer.Ordinal);
        foreach (JsonNode? one in answer)
        {
            scores[Text(one?["Host"]) ?? ""] = one?["Score"]?.GetValue<long>() ?? 0;
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            totals[i] += scores.GetValueOrDefault(nodes[i].Name) * _config.Weight * (Scores.Max / MaxScore);
        }
    }

    /// <summary>
    /// Asks on which of the nodes, and with which victims, preemption may go ahead; null with an error.
    /// </summary>
    /// <param name="pod">The pod that preempts.</param>
    /// <param name="victims">The victims' uids and the number of violated budgets by node.</param>
    /// <param name="failure">What went wrong.</param>
    public Dictionary<string, (List<string> Uids, long Violations)>? Preempt(
        PodInfo pod, IReadOnlyDictionary<string, (IReadOnlyList<PodInfo> Pods, long Violations)> victims,
        out string? failure)
    {
        JsonObject byNode = [];
        foreach ((string node, (IReadOnlyList<PodInfo> pods, long violations)) in victims)
        {
            byNode[node] = new JsonObject
            {
                ["Pods"] = new JsonArray([.. pods.Select(one =>
                    _config.NodeCacheCapable ? new JsonObject { ["UID"] = one.Uid } : JsonOf(one.Pod))]),
                ["NumPDBViolations"] = violations,
            };
        }

        JsonObject arguments = new()
        {
            ["Pod"] = JsonOf(pod.Pod),
            [_config.NodeCacheCapable ? "NodeNameToMetaVictims" : "NodeNameToVictims"] = byNode,
        };
        JsonNode? answer = Call(_config.PreemptVerb, arguments, out failure);
        if (failure is not null)
        {
            return null;
        }

        Dictionary<string, (List<string>, long)> result = new(StringComparer.Ordinal);
        foreach ((string node, JsonNode? one) in answer?["NodeNameToMetaVictims"] as JsonObject ?? [])
        {
            List<string> uids = [.. (one?["Pods"] as JsonArray ?? []).Select(static uid => Text(uid?["UID"]) ?? "")];
            result[node] = (uids, one?["NumPDBViolations"]?.GetValue<long>() ?? 0);
        }

        return result;
    }

    /// <summary>Lets it bind a pod.</summary>
    public async ValueTask<PluginStatus?> BindAsync(PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        JsonObject arguments = new()
        {
            ["PodName"] = pod.Key.Name,
            ["PodNamespace"] = pod.Namespace,
            ["PodUID"] = pod.Uid,
            ["Node"] = nodeName,
        };
        JsonNode? answer;
        string? failure;
        (answer, failure) = await Task.Run(
            () => (Call(_config.BindVerb, arguments, out string? failed), failed), cancellationToken);
        failure ??= Text(answer?["Error"]);
        return string.IsNullOrEmpty(failure) ? null : PluginStatus.Error("", failure);
    }

    public void Dispose() => _http.Dispose();

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static HashSet<string> NamesOf(JsonNode? answer)
    {
        if (answer?["NodeNames"] is JsonArray names)
        {
            return names.Select(Text).OfType<string>().ToHashSet(StringComparer.Ordinal);
        }

        return (answer?["Nodes"]?["items"] as JsonArray ?? [])
            .Select(static one => Text(one?["metadata"]?["name"])).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    private static JsonNode? JsonOf(IObject obj)
    {
        JsonBuffer json = new();
        obj.WriteJson(json);
        return JsonNode.Parse(json.Written);
    }

    private JsonObject ArgumentsOf(PodInfo pod, ReadOnlySpan<NodeInfo> nodes)
    {
        JsonArray items = [];
        foreach (NodeInfo node in nodes)
        {
            items.Add(_config.NodeCacheCapable ? JsonValue.Create(node.Name) : JsonOf(node.Node));
        }

        return new()
        {
            ["Pod"] = JsonOf(pod.Pod),
            ["Nodes"] = _config.NodeCacheCapable ? null
                : new JsonObject { ["metadata"] = new JsonObject(), ["items"] = items },
            ["NodeNames"] = _config.NodeCacheCapable ? items : null,
        };
    }

    private JsonNode? Call(string verb, JsonObject arguments, out string? failure)
    {
        string url = $"{_config.UrlPrefix.TrimEnd('/')}/{verb}";
        using HttpRequestMessage request = new(HttpMethod.Post, url);
        request.Content = new StringContent(arguments.ToJsonString());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage response = _http.Send(request);
            if (!response.IsSuccessStatusCode)
            {
                failure = $"failed {verb} with extender at URL {_config.UrlPrefix}, code {(int)response.StatusCode}";
                return null;
            }

            using Stream body = response.Content.ReadAsStream();
            failure = null;
            return JsonNode.Parse(body);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            failure = $"Post \"{url}\": {error.Message}";
            return null;
        }
    }
}
