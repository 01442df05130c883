namespace Keelson.Nodes.Linux;

/// <summary>The mounts of this machine.</summary>
internal interface IMounts
{
    /// <summary>True when this process may mount.</summary>
    bool MayMount { get; }

    /// <summary>The mounts as they are, in the order they came.</summary>
    IReadOnlyList<MountPoint> List();

    /// <summary>Mounts a file system; failures are an <see cref="IOException"/>.</summary>
    void Mount(MountRequest request);

    /// <summary>Takes away what is mounted at a path; nothing there is fine.</summary>
    void Unmount(string target);
}

/// <summary>What to mount.</summary>
/// <param name="Source">The device, directory or name of what is mounted.</param>
/// <param name="Target">Where to; it exists.</param>
/// <param name="Type">The file system; empty for bind mounts.</param>
internal sealed record MountRequest(string Source, string Target, string Type)
{
    /// <summary>Options as mount(8) has them: <c>bind</c>, <c>ro</c>, <c>size=4096</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>A line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Root">The path within the file system that is seen there.</param>
/// <param name="Type">The file system.</param>
/// <param name="Source">The device or name.</param>
/// <param name="IsShared">True when mounts below spread to other namespaces.</param>
/// <param name="Device">The device as <c>major:minor</c>.</param>
internal readonly record struct MountPoint(
    string Path, string Root, string Type, string Source, bool IsShared, string Device);
