using Keelson.Api.Core.V1;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Volumes;
using Keelson.Nodes.Volumes.Mounting;

namespace Keelson.Nodes.Containers;

/// <summary>Variables from files that earlier containers of a pod left on an emptyDir (fileKeyRef).</summary>
internal sealed class EnvironmentFiles(NodeContext context)
{
    private const string EmptyDir = "kubernetes.io/empty-dir";
    private readonly VolumePaths _paths = new(context);

    /// <summary>The value; null without an error where an optional one is missing.</summary>
    public (string? Value, string? Error) Find(Pod pod, FileKeySelector selector)
    {
        if (!pod.Spec.Volumes.Any(one => one.Name == selector.VolumeName && one.VolumeSource.EmptyDir is not null))
        {
            return (null, $"cannot find the volume \"{selector.VolumeName}\" referenced by FileKeyRef");
        }

        string volume = _paths.Volume(pod.Metadata.Uid, EmptyDir, selector.VolumeName);
        string shown = Path.Combine(volume, selector.Path);
        string value;
        try
        {
            value = Read(volume, selector);
        }
        catch (Exception exception) when (exception is IOException or FormatException or UnauthorizedAccessException)
        {
            context.Log($"file {shown} of variables of pod {pod.Metadata.Name}: {exception.Message}");
            return (null, "couldn't parse env file");
        }

        if (value.Length > 0)
        {
            return (value, null);
        }

        return selector.Optional == true
            ? (null, null)
            : (null, $"environment variable key \"{selector.Key}\" not found in file \"{shown}\"");
    }

    /// <summary>Containers wrote there: no link may lead the agent to files of the machine.</summary>
    private static string Read(string volume, FileKeySelector selector)
    {
        string top = FileFacts.RealPath(volume) ?? throw new IOException("the volume is not there");
        string file = FileFacts.RealPath(Path.Combine(volume, selector.Path))
            ?? throw new IOException("no such file or directory");
        if (!file.StartsWith(top + "/", StringComparison.Ordinal))
        {
            throw new IOException("the path leads out of the volume");
        }

        using SafeDescriptor opened = SafeDescriptor.Open(top, Path.GetRelativePath(top, file));
        return FileFacts.OfDescriptor(opened.Number) is { Type: FileType.Regular }
            ? EnvironmentFile.Find(File.ReadLines(opened.Path), selector.Key)
            : throw new IOException("not a regular file");
    }
}
