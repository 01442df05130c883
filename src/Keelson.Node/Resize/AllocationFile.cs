using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Nodes.Resize;

/// <summary>Allocations of the pods of a node, kept in a file so that they outlive the agent.</summary>
internal sealed class AllocationFile
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodAllocation> _pods = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly Action<string> _log;

    /// <summary>Reads the file, where there is one.</summary>
    public AllocationFile(string path, Action<string> log)
    {
        _path = path;
        _log = log;
        try
        {
            JsonNode? root = File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path)) : null;
            foreach ((string uid, JsonNode? one) in root?["entries"] as JsonObject ?? [])
            {
                _pods[uid] = PodAllocation.Read(one!);
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or FormatException)
        {
            log($"{path} can't be used: {exception.Message}");
        }
    }

    /// <summary>What a pod was given; null when nothing is known.</summary>
    public PodAllocation? Find(string uid)
    {
        lock (_gate)
        {
            return _pods.GetValueOrDefault(uid);
        }
    }

    /// <summary>Notes what a pod is given.</summary>
    public void Set(string uid, PodAllocation allocation) => Change(() => _pods[uid] = allocation);

    /// <summary>Notes what a container is given.</summary>
    public void Set(string uid, string container, Api.Core.V1.ResourceRequirements resources) => Change(() =>
        _pods[uid] = (_pods.GetValueOrDefault(uid)
            ?? new(null, new Dictionary<string, Api.Core.V1.ResourceRequirements>())).With(container, resources));

    /// <summary>Notes what a pod as a whole is given.</summary>
    public void Set(string uid, Api.Core.V1.ResourceRequirements? pod) => Change(() =>
        _pods[uid] = (_pods.GetValueOrDefault(uid)
            ?? new(null, new Dictionary<string, Api.Core.V1.ResourceRequirements>())) with { Pod = pod });

    /// <summary>The pods that were given something.</summary>
    public IReadOnlyCollection<string> Pods
    {
        get
        {
            lock (_gate)
            {
                return [.. _pods.Keys];
            }
        }
    }

    /// <summary>Forgets a pod.</summary>
    public void Remove(string uid)
    {
        if (Find(uid) is not null)
        {
            Change(() => _pods.Remove(uid));
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            JsonObject entries = [];
            foreach ((string uid, PodAllocation one) in _pods)
            {
                entries[uid] = one.ToJson();
            }

            try
            {
                File.WriteAllText(_path + ".new", new JsonObject { ["entries"] = entries }.ToJsonString());
                File.Move(_path + ".new", _path, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _log($"{_path} can't be written: {exception.Message}");
            }
        }
    }
}
