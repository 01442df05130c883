using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Logs;

/// <summary>
/// The links in <c>/var/log/containers</c> by which collectors of logs find them: their names say pod, namespace,
/// container and id.
/// </summary>
internal sealed class LogLinks(string directory)
{
    // What file systems allow, with room for the ending.
    private const int LongestName = 251;
    private const string Ending = ".log";

    /// <summary>The link of a container's log.</summary>
    public string PathOf(string podName, string podNamespace, string containerName, string containerId)
    {
        string name = $"{podName}_{podNamespace}_{containerName}-{containerId}";
        return Path.Combine(directory, (name.Length > LongestName ? name[..LongestName] : name) + Ending);
    }

    /// <summary>Makes a link, in the place of any that was there.</summary>
    public void Make(string link, string log)
    {
        Directory.CreateDirectory(directory);
        if (new FileInfo(link).LinkTarget == log)
        {
            return;
        }

        if (FileFacts.OfLink(link) is not null)
        {
            File.Delete(link);
        }

        File.CreateSymbolicLink(link, log);
    }

    /// <summary>Removes links whose logs are gone.</summary>
    /// <param name="isRunning">
    /// Whether a container of an id runs: while its log is rotated there is none for a moment.
    /// </param>
    public void RemoveDead(Func<string, bool> isRunning)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string link in Directory.GetFiles(directory, "*" + Ending))
        {
            string name = Path.GetFileNameWithoutExtension(link);
            if (FileFacts.Of(link) is null && !isRunning(name[(name.LastIndexOf('-') + 1)..]))
            {
                File.Delete(link);
            }
        }
    }
}
