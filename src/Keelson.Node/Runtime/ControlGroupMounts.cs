using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Runtime;

/// <summary>
/// The control groups of version 1 whose controllers nobody mounted. The kernel gives such controllers to version 2
/// where that is mounted beside; then containers can't be bound by them, and crun does not run at all.
/// </summary>
/// <param name="mounts">The machine's mounts.</param>
/// <param name="record">A file that tells which mounts were made, for their removal.</param>
/// <param name="top">Where control groups are mounted.</param>
/// <param name="controllers">The kernel's table of controllers.</param>
internal sealed class ControlGroupMounts(
    IMounts mounts, string record, string top = "/sys/fs/cgroup", string controllers = "/proc/cgroups")
{
    /// <summary>Mounts what is missing.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public void Complete()
    {
        IReadOnlyList<MountPoint> all = mounts.List();
        MountPoint[] groups = [.. all.Where(one => one.Path.StartsWith(top + "/", StringComparison.Ordinal))];
        MountPoint beside = groups.FirstOrDefault(static one => one.Type == "cgroup2");
        if (beside.Path is null || !groups.Any(static one => one.Type == "cgroup"))
        {
            return;
        }

        HashSet<string> mounted = [.. groups.SelectMany(static one => Path.GetFileName(one.Path).Split(','))];
        HashSet<string> given = [.. File.ReadAllText(beside.Path + "/cgroup.controllers").Split([' ', '\n'])];
        foreach (string line in File.ReadLines(controllers).Where(static line => !line.StartsWith('#')))
        {
            // hugetlb 0 1 1: the name, the number of the hierarchy, how many groups, whether it is enabled. One with
            // a number is mounted as version 1 in another namespace, which may go at any time.
            string[] words = line.Split('\t');
            if (words is [string name, string hierarchy, _, "1"] && !mounted.Contains(name)
                && (given.Contains(name) || hierarchy != "0"))
            {
                Mount(name);
            }
        }
    }

    /// <summary>Takes away what <see cref="Complete"/> mounted, as far as no groups are in it.</summary>
    public void Undo()
    {
        if (!File.Exists(record))
        {
            return;
        }

        foreach (string path in File.ReadLines(record).Where(static one => Directory.Exists(one)))
        {
            if (Directory.GetDirectories(path).Length == 0)
            {
                mounts.Unmount(path);
                Directory.Delete(path);
            }
        }

        File.Delete(record);
    }

    private void Mount(string controller)
    {
        string path = $"{top}/{controller}";
        Directory.CreateDirectory(path);
        try
        {
            mounts.Mount(new("cgroup", path, "cgroup") { Options = ["nosuid", "nodev", "noexec", controller] });
        }
        catch (IOException)
        {
            Directory.Delete(path);
            throw;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.AppendAllLines(record, [path]);
    }
}
