using System.Globalization;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Cgroups;

/// <summary>The files of control groups, with either version of them. Paths are those below the mounts.</summary>
/// <param name="mount">Where they are mounted.</param>
internal sealed class CgroupFiles(string mount = "/sys/fs/cgroup")
{
    // A group is there when it is in all of these hierarchies that there are; runtimes make what else they need.
    private static readonly string[] Needed = ["cpu", "cpuacct", "cpuset", "memory", "pids", "systemd"];
    private static readonly string[] Controllers = ["cpu", "cpuset", "memory", "pids", "hugetlb", "io"];

    private string[]? _hierarchies;

    /// <summary>True when all controllers are in one tree (version 2).</summary>
    public bool IsUnified { get; init; } = File.Exists(Path.Combine(mount, "cgroup.controllers"));

    /// <summary>True when a group is there.</summary>
    public bool Has(string path) => Directories(path).All(directory =>
        Directory.Exists(directory) || (!IsUnified && !Needed.Contains(HierarchyOf(directory))));

    /// <summary>True when anything of a group is there.</summary>
    public bool IsAnywhere(string path) => Directories(path).Any(Directory.Exists);

    /// <summary>Makes a group, if it is not there, and gives it the controllers that there are.</summary>
    public void Make(string path)
    {
        foreach (string directory in Directories(path))
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                Inherit(directory);
            }
        }

        if (IsUnified)
        {
            // Groups below get the controllers that this one has.
            Enable(Path.GetDirectoryName(mount + "/" + path.Trim('/'))!);
        }
    }

    /// <summary>Binds a group.</summary>
    public void Set(string path, CgroupBounds bounds)
    {
        if (bounds.CpuShares is { } shares)
        {
            Write(
                "cpu",
                path,
                IsUnified ? "cpu.weight" : "cpu.shares",
                IsUnified ? CpuShares.WeightOf(shares) : shares);
        }

        if (bounds.CpuQuota is { } quota)
        {
            SetQuota(path, quota);
        }

        if (bounds.Memory is { } memory)
        {
            object most = IsUnified && memory == CgroupBounds.None ? "max" : memory;
            Write("memory", path, IsUnified ? "memory.max" : "memory.limit_in_bytes", most);
        }

        if (bounds.Processes is { } processes)
        {
            Write("pids", path, "pids.max", processes == CgroupBounds.None ? "max" : processes);
        }
    }

    /// <summary>Bounds the huge pages of a group: pages of each size, and what was set aside for later use where the
    /// kernel counts it.</summary>
    public void SetHugePages(string path, IReadOnlyDictionary<string, long> limits)
    {
        string limit = IsUnified ? "max" : "limit_in_bytes";
        foreach ((string size, long bytes) in limits)
        {
            Write("hugetlb", path, $"hugetlb.{size}.{limit}", bytes);
            Write("hugetlb", path, $"hugetlb.{size}.rsvd.{limit}", bytes);
        }
    }

    /// <summary>Ends the processes in a group and in those below it.</summary>
    public void End(string path, Action<string> log) =>
        GroupProcesses.End(Directories(path).Where(Directory.Exists), log);

    /// <summary>Removes a group and those in it.</summary>
    /// <exception cref="IOException">One of them holds processes.</exception>
    public void Remove(string path)
    {
        List<string> errors = [];
        foreach (string directory in Directories(path).Where(Directory.Exists))
        {
            Remove(directory, errors);
        }

        if (errors.Count > 0)
        {
            throw new IOException(string.Join("; ", errors.Distinct()));
        }
    }

    /// <summary>The names of the groups in a group.</summary>
    public IEnumerable<string> Below(string path) =>
        Directories(path).Where(Directory.Exists).SelectMany(Directory.GetDirectories)
            .Select(static one => Path.GetFileName(one)).Distinct();

    /// <summary>True when there is a process in a group, or in one below it.</summary>
    public bool HasProcesses(string path) => Directories(path).Any(HoldsProcesses);

    private static bool HoldsProcesses(string directory)
    {
        try
        {
            return Directory.Exists(directory)
                && (File.ReadAllText(Path.Combine(directory, "cgroup.procs")).Length > 0
                    || Directory.GetDirectories(directory).Any(HoldsProcesses));
        }
        catch (IOException)
        {
            // It went meanwhile.
            return false;
        }
    }

    private static void Remove(string directory, List<string> errors)
    {
        try
        {
            foreach (string child in Directory.EnumerateDirectories(directory))
            {
                Remove(child, errors);
            }

            // Only the directory itself: the files in it are the kernel's.
            HostCalls.RemoveDirectory(directory);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else was faster.
        }
        catch (IOException exception)
        {
            if (Directory.Exists(directory))
            {
                errors.Add(exception.Message);
            }
        }
    }

    private IEnumerable<string> Directories(string path) => IsUnified
        ? [mount + "/" + path.Trim('/')]
        : Hierarchies().Select(one => $"{one}/{path.Trim('/')}");

    /// <summary>All of version 1, as runtimes make a container's group in each; some have a second name, a link.
    /// </summary>
    private string[] Hierarchies() => _hierarchies ??=
        [.. new DirectoryInfo(mount).GetDirectories().Where(static one => one.LinkTarget is null)
            .Select(static one => one.FullName)];

    private string HierarchyOf(string directory) => directory[(mount.Length + 1)..].Split('/', 2)[0];

    /// <summary>A new group of cpuset has no processors until it is told which.</summary>
    private void Inherit(string directory)
    {
        if (HierarchyOf(directory) != "cpuset" || IsUnified)
        {
            return;
        }

        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            string parent = Path.Combine(Path.GetDirectoryName(directory)!, file);
            File.WriteAllText(Path.Combine(directory, file), File.ReadAllText(parent).Trim());
        }
    }

    private static void Enable(string directory)
    {
        HashSet<string> there = [.. File.ReadAllText(Path.Combine(directory, "cgroup.controllers")).Split([' ', '\n'])];
        string file = Path.Combine(directory, "cgroup.subtree_control");
        HashSet<string> given = [.. File.Exists(file) ? File.ReadAllText(file).Split([' ', '\n']) : []];
        string[] missing = [.. Controllers.Where(one => there.Contains(one) && !given.Contains(one))];
        if (missing.Length > 0)
        {
            File.WriteAllText(file, string.Join(' ', missing.Select(static one => "+" + one)));
        }
    }

    private void SetQuota(string path, long quota)
    {
        if (IsUnified)
        {
            string most = quota == CgroupBounds.None ? "max" : quota.ToString(CultureInfo.InvariantCulture);
            Write("cpu", path, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{most} {CpuShares.Period}"));
        }
        else
        {
            Write("cpu", path, "cpu.cfs_period_us", CpuShares.Period);
            Write("cpu", path, "cpu.cfs_quota_us", quota);
        }
    }

    private void Write(string controller, string path, string file, object value)
    {
        string full = Path.Combine(mount, IsUnified ? "" : controller, path.Trim('/'), file);
        if (File.Exists(full))
        {
            File.WriteAllText(full, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }
}
