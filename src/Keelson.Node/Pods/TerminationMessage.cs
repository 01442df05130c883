using System.Text;
using Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>The last words of a container: a file it wrote, or the end of its log.</summary>
internal static class TerminationMessage
{
    private const int LongestFile = 4096;
    private const int LongestLog = 2048;
    private const int MostLines = 80;

    /// <summary>The message of a container that ended; what the runtime has to say comes first.</summary>
    public static string Of(ContainerStatus status)
    {
        status.Annotations.TryGetValue(PodNames.TerminationMessagePath, out string? path);
        status.Annotations.TryGetValue(PodNames.TerminationMessagePolicy, out string? policy);
        string message = "";
        Mount? mount = status.Mounts.FirstOrDefault(one => one.ContainerPath == path);
        if (mount is not null && path is { Length: > 0 })
        {
            try
            {
                message = Encoding.UTF8.GetString(Tail(mount.HostPath, LongestFile));
            }
            catch (FileNotFoundException)
            {
                // The pod's directory is gone; so is the message.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                message = $"Error on reading termination log {mount.HostPath}: {exception.Message}";
            }
        }

        if (message.Length == 0 && policy == "FallbackToLogsOnError" && status.ExitCode != 0)
        {
            message = LogEnd(status.LogPath);
        }

        return status.Message.Length > 0 && message.Length > 0 ? status.Message + ": " + message
            : status.Message + message;
    }

    private static byte[] Tail(string path, int longest)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(Math.Max(0, file.Length - longest), SeekOrigin.Begin);
        byte[] content = new byte[Math.Min(longest, file.Length)];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return content[..length];
    }

    /// <summary>The last lines of a log, without the times and streams that the runtime writes before them.</summary>
    private static string LogEnd(string path)
    {
        try
        {
            // Each line has some 45 bytes before its text.
            string text = Encoding.UTF8.GetString(Tail(path, LongestLog + (MostLines * 64)));
            IEnumerable<string> lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.Split(' ', 4))
                .Where(static parts => parts.Length == 4)
                .Select(static parts => parts[3] + (parts[2] == "P" ? "" : "\n"))
                .TakeLast(MostLines);
            string end = string.Concat(lines);
            return end.Length > LongestLog ? end[^LongestLog..] : end;
        }
        catch (IOException)
        {
            return "";
        }
    }
}
