using System.Text;
using System.Text.Json.Nodes;
using Keelson.Machinery.Yaml;

namespace Keelson.Commands.Up;

/// <summary>Puts a cluster into the user's own kubeconfig, beside what is there.</summary>
internal static class KubeconfigMerge
{
    private const string Name = "keelson";

    /// <summary>The user's kubeconfig: the first that KUBECONFIG names, else <c>~/.kube/config</c>.</summary>
    public static string UserFile()
    {
        string? named = Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(':').FirstOrDefault(
            static one => one.Length > 0);
        return named ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
    }

    /// <summary>
    /// Adds the cluster of a kubeconfig as cluster, user and context <c>keelson</c> to another, and makes it the
    /// current one. Entries of that name are replaced, all others stay.
    /// </summary>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    /// <exception cref="FormatException">The target is not a kubeconfig.</exception>
    public static void Merge(string from, string target)
    {
        JsonObject source = Read(from);
        JsonObject into = File.Exists(target)
            ? Read(target)
            : new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Config" };
        Put(into, "clusters", "cluster", First(source, "clusters", "cluster"));
        Put(into, "users", "user", First(source, "users", "user"));
        Put(into, "contexts", "context", new JsonObject { ["cluster"] = Name, ["user"] = Name });
        into["current-context"] = Name;
        byte[] text = YamlWriter.Write(YamlReader.Read(Encoding.UTF8.GetBytes(into.ToJsonString())));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        string fresh = target + ".new";
        using (FileStream file = new(fresh, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(text);
        }

        File.Move(fresh, target, overwrite: true);
    }

    private static JsonObject Read(string file) =>
        JsonNode.Parse(YamlReader.ToJson(File.ReadAllBytes(file))) as JsonObject
        ?? throw new FormatException($"{file} is not a kubeconfig");

    private static JsonNode? First(JsonObject config, string list, string item) =>
        (config[list] as JsonArray)?.FirstOrDefault()?[item]?.DeepClone();

    private static void Put(JsonObject config, string list, string item, JsonNode? value)
    {
        if (config[list] is not JsonArray entries)
        {
            config[list] = entries = [];
        }

        foreach (JsonNode? old in entries.Where(static one => (string?)one?["name"] == Name).ToArray())
        {
            entries.Remove(old);
        }

        entries.Add((JsonNode)new JsonObject { ["name"] = Name, [item] = value });
    }
}
