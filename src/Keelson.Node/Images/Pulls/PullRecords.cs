using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Machinery.Values;
using Keelson.Nodes.Metrics;

namespace Keelson.Nodes.Images.Pulls;

/// <summary>
/// Notes who could pull which images, in upstream's files: <c>pulling</c> has the images that are being pulled,
/// <c>pulled</c> those that were, by their ids, with the credentials that were good for them.
/// </summary>
internal sealed class PullRecords
{
    private const string ApiVersion = "kubelet.config.k8s.io/v1beta1";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _pulling = new(StringComparer.Ordinal);
    private readonly NodeContext _context;
    private readonly string _intents;
    private readonly string _records;

    /// <summary>Takes up what agents before noted.</summary>
    public PullRecords(NodeContext context)
    {
        _context = context;
        _intents = Path.Combine(context.RootDirectory, "image_manager", "pulling");
        _records = Path.Combine(context.RootDirectory, "image_manager", "pulled");
        ImageWorkMetrics metrics = context.Metrics.Images;
        context.Metrics.Own.BeforeWrite(() =>
        {
            metrics.PullIntents.Set(FilesIn(_intents).Length);
            metrics.PullRecords.Set(FilesIn(_records).Length);
        });
    }

    /// <summary>Counts what was found when it was asked whether a pod must pull an image that is here.</summary>
    public void Checked(string result) => _context.Metrics.Images.PullChecks.Count(result);

    /// <summary>An image is about to be pulled.</summary>
    public void Begin(string image)
    {
        lock (_gate)
        {
            _pulling[image] = _pulling.GetValueOrDefault(image) + 1;
            Write(_intents, image, new JsonObject
            {
                ["kind"] = "ImagePullIntent",
                ["apiVersion"] = ApiVersion,
                ["image"] = image,
            });
        }
    }

    /// <summary>A pull is over.</summary>
    public void End(string image)
    {
        lock (_gate)
        {
            int left = _pulling.GetValueOrDefault(image) - 1;
            if (left > 0)
            {
                _pulling[image] = left;
                return;
            }

            _pulling.Remove(image);
            File.Delete(FileOf(_intents, image));
        }
    }

    /// <summary>Whether the agent, this one or one before it, pulled an image, or was about to.</summary>
    public bool IsOurs(string image, string id)
    {
        lock (_gate)
        {
            return File.Exists(FileOf(_records, id)) || File.Exists(FileOf(_intents, image));
        }
    }

    /// <summary>Who may use an image under a name; null when nothing is known of it.</summary>
    public PullAccess? Find(string id, string repository)
    {
        lock (_gate)
        {
            return Read(id)?["credentialMapping"]?[repository] is JsonObject known ? ToAccess(known) : null;
        }
    }

    /// <summary>Notes that credentials are good for an image.</summary>
    public void Add(string id, string repository, PullAccess access)
    {
        lock (_gate)
        {
            JsonObject record = Read(id) ?? new JsonObject
            {
                ["kind"] = "ImagePulledRecord",
                ["apiVersion"] = ApiVersion,
            };
            JsonObject all = record["credentialMapping"] as JsonObject ?? [];
            PullAccess before = all[repository] is JsonObject known ? ToAccess(known) : PullAccess.None;
            JsonObject now = ToJson(before.With(access));
            if (all[repository] is { } old && JsonNode.DeepEquals(old, now))
            {
                return;
            }

            all[repository] = now;
            record["lastUpdatedTime"] = Time.Now(_context.Clock).ToString();
            record["imageRef"] = id;
            record["credentialMapping"] = all.Parent is null ? all : all.DeepClone();
            Write(_records, id, record);
        }
    }

    /// <summary>Forgets images that are gone.</summary>
    public void Prune(IReadOnlySet<string> there, DateTimeOffset until)
    {
        lock (_gate)
        {
            foreach (string file in FilesIn(_records))
            {
                if (File.GetLastWriteTimeUtc(file) < until.UtcDateTime
                    && Parse(file)?["imageRef"]?.ToString() is { } id && !there.Contains(id))
                {
                    File.Delete(file);
                }
            }
        }
    }

    private static string[] FilesIn(string directory) =>
        Directory.Exists(directory) ? Directory.GetFiles(directory, "sha256-" + new string('?', 64)) : [];

    private static string FileOf(string directory, string key) => Path.Combine(
        directory, "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));

    private JsonObject? Read(string id) => Parse(FileOf(_records, id));

    private static JsonObject? Parse(string file)
    {
        try
        {
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllBytes(file)) as JsonObject : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            // One that can't be read says nothing of credentials; the image is pulled again.
            return null;
        }
    }

    private void Write(string directory, string key, JsonObject content)
    {
        try
        {
            string file = FileOf(directory, key);
            Directory.CreateDirectory(directory);
            File.WriteAllText(file + ".new", content.ToJsonString());
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _context.Log($"pull of {key} can't be noted: {exception.Message}");
        }
    }

    private static PullAccess ToAccess(JsonObject json) => new(
        json["nodePodsAccessible"]?.GetValue<bool>() == true,
        ToSources(json["kubernetesSecrets"]),
        ToSources(json["kubernetesServiceAccounts"]));

    private static IReadOnlyList<PullSource> ToSources(JsonNode? json) =>
    [
        .. (json as JsonArray ?? []).OfType<JsonObject>().Select(static one => new PullSource(
            one["uid"]?.ToString() ?? "",
            one["namespace"]?.ToString() ?? "",
            one["name"]?.ToString() ?? "",
            one["credentialHash"]?.ToString() ?? "")),
    ];

    private static JsonObject ToJson(PullAccess access)
    {
        JsonObject json = [];
        if (access.Secrets.Count > 0)
        {
            json["kubernetesSecrets"] = new JsonArray([.. access.Secrets.Select(static one => ToJson(one, true))]);
        }

        if (access.Accounts.Count > 0)
        {
            json["kubernetesServiceAccounts"] =
                new JsonArray([.. access.Accounts.Select(static one => ToJson(one, false))]);
        }

        if (access.IsForAll)
        {
            json["nodePodsAccessible"] = true;
        }

        return json;
    }

    private static JsonObject ToJson(PullSource source, bool hasHash)
    {
        JsonObject json = new()
        {
            ["uid"] = source.Uid,
            ["namespace"] = source.Namespace,
            ["name"] = source.Name,
        };
        if (hasHash)
        {
            json["credentialHash"] = source.Hash;
        }

        return json;
    }
}
