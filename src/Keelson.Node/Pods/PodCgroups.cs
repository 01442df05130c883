using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Pods;

/// <summary>
/// The control groups of pods: <c>kubepods/[burstable|besteffort/]podUID</c>, bound to what the pod asked for. Versions
/// 1 and 2, by files (the cgroupfs driver).
/// </summary>
internal sealed class PodCgroups(string root, bool isEnabled, Action<string> log)
{
    private const string Mount = "/sys/fs/cgroup";

    private static readonly string[] Controllers =
    [
        "cpu", "cpuacct", "cpuset", "memory", "pids", "hugetlb", "blkio", "devices", "freezer", "net_cls", "systemd",
        "unified",
    ];

    private readonly bool _isUnified = HostAbilities.HasUnifiedCgroups();

    /// <summary>The group that the containers of a pod are in; empty when pods have none.</summary>
    public string ParentOf(Pod pod) => isEnabled ? $"{Top}{ClassOf(pod)}/pod{pod.Metadata.Uid}" : "";

    /// <summary>Makes the group of a pod, or brings it up to date.</summary>
    public void SetUp(Pod pod)
    {
        if (!isEnabled)
        {
            return;
        }

        try
        {
            Make(Top);
            Make(Top + ClassOf(pod));
            Make(ParentOf(pod));
            PodBounds bounds = PodBounds.Of(pod);
            if (_isUnified)
            {
                Write("", pod, "cpu.weight", CpuShares.WeightOf(bounds.CpuShares));
                Write("", pod, "cpu.max",
                    (bounds.CpuQuota?.ToString(CultureInfo.InvariantCulture) ?? "max") + " 100000");
                Write("", pod, "memory.max", (object?)bounds.Memory ?? "max");
            }
            else
            {
                Write("cpu", pod, "cpu.shares", bounds.CpuShares);
                Write("cpu", pod, "cpu.cfs_period_us", CpuShares.Period);
                Write("cpu", pod, "cpu.cfs_quota_us", bounds.CpuQuota ?? -1);
                Write("memory", pod, "memory.limit_in_bytes", bounds.Memory ?? -1);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"control group of pod {PodNames.Text(pod)}: {exception.Message}");
        }
    }

    /// <summary>Removes the group of a pod that is gone.</summary>
    public void TearDown(string uid)
    {
        if (!isEnabled)
        {
            return;
        }

        foreach (string name in (ReadOnlySpan<string>)["", "/burstable", "/besteffort"])
        {
            foreach (string directory in Directories($"{Top}{name}/pod{uid}"))
            {
                Remove(directory);
            }
        }
    }

    /// <summary>Removes the groups above pods', when the last pod is gone.</summary>
    public void TearDownAll()
    {
        if (isEnabled)
        {
            foreach (string directory in Directories(root.Length > 0 ? root : Top))
            {
                Remove(directory);
            }
        }
    }

    private string Top => (root.Length > 0 ? "/" + root.Trim('/') : "") + "/kubepods";

    private static string ClassOf(Pod pod) => PodResourceConfigs.QosOf(pod) switch
    {
        PodQOSClass.Burstable => "/burstable",
        PodQOSClass.BestEffort => "/besteffort",
        _ => "",
    };

    private IEnumerable<string> Directories(string group) => _isUnified
        ? [Mount + "/" + group.Trim('/')]
        : Controllers.Where(static one => Directory.Exists(Path.Combine(Mount, one)))
            .Select(one => $"{Mount}/{one}/{group.Trim('/')}");

    private void Make(string group)
    {
        foreach (string directory in Directories(group))
        {
            if (!Directory.Exists(directory))
            {
                Directory.CreateDirectory(directory);
                Inherit(directory);
            }
        }

        if (_isUnified)
        {
            // Groups below get the controllers that this one has.
            string directory = Mount + "/" + group.Trim('/');
            Enable(Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>A new group of cpuset has no processors until it is told which.</summary>
    private static void Inherit(string directory)
    {
        if (!directory.StartsWith(Mount + "/cpuset/", StringComparison.Ordinal))
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
        string[] wanted = ["cpu", "cpuset", "memory", "pids", "hugetlb", "io"];
        HashSet<string> there = [.. File.ReadAllText(Path.Combine(directory, "cgroup.controllers")).Split([' ', '\n'])];
        string line = string.Join(' ', wanted.Where(there.Contains).Select(static one => "+" + one));
        File.WriteAllText(Path.Combine(directory, "cgroup.subtree_control"), line);
    }

    private void Write(string controller, Pod pod, string file, object value)
    {
        string path = Path.Combine(Mount, controller, ParentOf(pod).Trim('/'), file);
        if (File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    private void Remove(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string child in Directory.EnumerateDirectories(directory))
        {
            Remove(child);
        }

        try
        {
            // Only the directory itself: the files in it are the kernel's.
            Rmdir(directory);
        }
        catch (IOException exception)
        {
            log(exception.Message);
        }
    }

    private static void Rmdir(string directory) => HostCalls.RemoveDirectory(directory);
}
