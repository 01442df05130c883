using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Cri;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.UserNamespaces;

/// <summary>What a pod's user namespace is, or why it can't have one.</summary>
/// <param name="Options">What the runtime is told; null with an error.</param>
/// <param name="Error">Why there is none; null when there is one.</param>
internal readonly record struct PodUserNamespace(Proto.UserNamespace? Options, string? Error);

/// <summary>
/// Gives pods with <c>hostUsers: false</c> ranges of ids. Which pod has which is in a file of the pod's directory, by
/// upstream's name; nothing else is remembered, so a range is free again when the pod's directory is gone.
/// </summary>
internal sealed class PodUserNamespaces(NodeContext context, IdRanges ranges, CriClient runtime)
{
    private const string FileName = "userns";

    private readonly Lock _turn = new();
    private int _next;

    /// <summary>The user namespace of a pod, which is chosen when it has none yet.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="handler">The runtime's handler for it; empty for the default.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PodUserNamespace> OfAsync(Pod pod, string handler, CancellationToken cancellationToken)
    {
        if (pod.Spec.HostUsers != false)
        {
            return new(new Proto.UserNamespace { Mode = Proto.NamespaceMode.Node }, null);
        }

        if (await RefusalAsync(handler, cancellationToken) is { } refusal)
        {
            return new(null, refusal);
        }

        lock (_turn)
        {
            return FirstOf(pod.Metadata.Uid) switch
            {
                (_, { } unreadable) => new(null, "user namespace: " + unreadable),
                ({ } first, _) => new(Mapped(first), null),
                _ => Take(pod.Metadata.Uid) is { } taken
                    ? new(Mapped(taken), null)
                    : new(null, "create user namespace: could not find an empty slot to allocate a user namespace"),
            };
        }
    }

    /// <summary>Makes a pod's range free for others: nothing of the pod runs any more.</summary>
    public void Release(string podUid)
    {
        lock (_turn)
        {
            if (Directory.Exists(context.PodDirectory(podUid)))
            {
                File.Delete(FileOf(podUid));
            }
        }
    }

    /// <summary>Why the runtime can't give a pod a user namespace; null when it can.</summary>
    private async Task<string?> RefusalAsync(string handler, CancellationToken cancellationToken)
    {
        Proto.StatusResponse status =
            await runtime.CallAsync(CriMethods.Status, new Proto.StatusRequest(), cancellationToken);
        Proto.RuntimeHandler? known = status.RuntimeHandlers.FirstOrDefault(one => one.Name == handler);
        if (known?.Features?.UserNamespaces == true)
        {
            return null;
        }

        string refusal = handler.Length > 0
            ? $"can't set `spec.hostUsers: false`, RuntimeClass handler {GoText.Quote(handler)} does not support user "
                + "namespaces"
            : "can't set `spec.hostUsers: false`, runtime does not support user namespaces";
        return known is null ? $"{refusal}: the handler {GoText.Quote(handler)} is not known" : refusal;
    }

    private string FileOf(string podUid) => Path.Combine(context.PodDirectory(podUid), FileName);

    private uint? Take(string podUid)
    {
        string pods = Path.GetDirectoryName(context.PodDirectory(podUid))!;
        HashSet<int> taken = [];
        foreach (string other in Directory.Exists(pods) ? Directory.GetDirectories(pods) : [])
        {
            if (FirstOf(Path.GetFileName(other)).First is { } used && ranges.IndexOf(used) is { } index)
            {
                taken.Add(index);
            }
        }

        // One that was given back is given last, so that what a pod left is not at once another's.
        for (int i = 0; i < ranges.Count && i <= taken.Count; i++)
        {
            int index = (_next + i) % ranges.Count;
            if (!taken.Contains(index))
            {
                _next = index + 1;
                Write(podUid, ranges.FirstOf(index));
                return ranges.FirstOf(index);
            }
        }

        return null;
    }

    private void Write(string podUid, uint first)
    {
        string file = FileOf(podUid);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string mapping = string.Create(
            CultureInfo.InvariantCulture, $$"""[{"hostId":{{first}},"containerId":0,"length":{{ranges.Length}}}]""");
        using (FileStream stream = new(file + ".new", FileMode.Create))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(
                $$"""{"uidMappings":{{mapping}},"gidMappings":{{mapping}}}"""));
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>The first id of a pod's range; null when it has none, or it can't be read, with why.</summary>
    private (uint? First, string? Error) FirstOf(string podUid)
    {
        try
        {
            string file = FileOf(podUid);
            return File.Exists(file) ? Read(JsonNode.Parse(File.ReadAllBytes(file)), podUid) : default;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return (null, "invalid user namespace mappings file: " + exception.Message);
        }
    }

    private (uint? First, string? Error) Read(JsonNode? file, string podUid)
    {
        if (file?["uidMappings"] is not JsonArray { Count: 1 } users)
        {
            return (null, "invalid user namespace configuration: no more than one mapping allowed.");
        }

        if (!JsonNode.DeepEquals(users, file["gidMappings"]))
        {
            return (null, "invalid user namespace configuration: GID and UID mapping should be identical");
        }

        (uint first, uint length) = ((uint?)users[0]?["hostId"] ?? 0, (uint?)users[0]?["length"] ?? 0);
        return ((uint?)users[0]?["containerId"], length == ranges.Length, first % ranges.Length) switch
        {
            (not 0u, _, _) => (null, "invalid user namespace configuration: UID 0 must be mapped"),
            (_, false, _) => (null, string.Create(
                CultureInfo.InvariantCulture, $"wrong user namespace length {length}")),
            (_, _, not 0) => (null, string.Create(
                CultureInfo.InvariantCulture, $"wrong user namespace offset specified {first}")),
            _ => ranges.IndexOf(first) is null
                ? (null, string.Create(CultureInfo.InvariantCulture, $"id {first} is out of range"))
                : (first, null),
        };
    }

    private Proto.UserNamespace Mapped(uint first) => new()
    {
        Mode = Proto.NamespaceMode.Pod,
        Uids = { new Proto.IDMapping { HostId = first, ContainerId = 0, Length = ranges.Length } },
        Gids = { new Proto.IDMapping { HostId = first, ContainerId = 0, Length = ranges.Length } },
    };
}
