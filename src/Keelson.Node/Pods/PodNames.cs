using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Client.Events;

namespace Keelson.Nodes.Pods;

/// <summary>How pods and containers are called in messages and in the runtime.</summary>
internal static class PodNames
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";
    public const string Hash = "io.kubernetes.container.hash";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string TerminationMessagePath = "io.kubernetes.container.terminationMessagePath";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";
    public const string GracePeriod = "io.kubernetes.pod.terminationGracePeriod";
    public const string ConfigSource = "kubernetes.io/config.source";
    public const string ConfigSeen = "kubernetes.io/config.seen";
    public const string ConfigHash = "kubernetes.io/config.hash";
    public const string ConfigMirror = "kubernetes.io/config.mirror";

    /// <summary><c>name_namespace(uid)</c>.</summary>
    public static string Text(Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";

    /// <summary>The uid by which the node knows a pod; that of a static pod is not its mirror's.</summary>
    public static string UidOf(Pod pod) => pod.Metadata.Uid;

    /// <summary>Where a pod's logs are.</summary>
    public static string LogDirectory(string root, Pod pod) =>
        Path.Combine(root, $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}");

    /// <summary>Removes the logs of a pod, of which nothing more than the UID may be known.</summary>
    public static void RemoveLogs(string root, string uid)
    {
        foreach (string logs in Directory.Exists(root) ? Directory.GetDirectories(root, "*_" + uid) : [])
        {
            Directory.Delete(logs, recursive: true);
        }
    }

    /// <summary>Removes the log of a container, with what was rotated of it.</summary>
    public static void RemoveLog(string path)
    {
        string? directory = Path.GetDirectoryName(path);
        foreach (string file in Directory.Exists(directory)
            ? Directory.GetFiles(directory, Path.GetFileName(path) + "*")
            : [])
        {
            File.Delete(file);
        }
    }

    /// <summary>How many containers of a name there were by the logs that they left, where the runtime remembers
    /// none: <c>4.log</c> is that of the fifth. A log is never written twice.</summary>
    public static int RestartsByLogs(string directory)
    {
        int restarts = 0;
        foreach (string file in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            string name = Path.GetFileName(file);
            int end = name.IndexOf(".log", StringComparison.Ordinal);
            bool isLog = end > 0 && (name.Length == end + 4 || name[end + 4] == '.');
            if (isLog && int.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int of))
            {
                restarts = Math.Max(restarts, of + 1);
            }
        }

        return restarts;
    }

    /// <summary>A container with its place in the pod, for events about it.</summary>
    public static ObjectReference ReferenceTo(Pod pod, ContainerSpec container) =>
        EventRecorder.ReferenceTo(pod) with { FieldPath = $"{container.ListName}{{{container.Name}}}" };

    /// <summary>A hash of what can't be changed without a new container: its name and image (FNV-1a, 32
    /// bits).</summary>
    public static string HashOf(ContainerSpec container)
    {
        string json = $"{{\"name\":{Quote(container.Name)},\"image\":{Quote(container.Image)}}}";
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(json))
        {
            hash = (hash ^ one) * 16777619;
        }

        return hash.ToString("x", CultureInfo.InvariantCulture);
    }

    private static string Quote(string text) =>
        "\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
