using System.Collections.Concurrent;
using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Runtime;
using Keelson.Nodes.Stats;

namespace Keelson.Nodes.Pods;

/// <summary>
/// The control groups of pods: <c>kubepods/[burstable|besteffort/]podUID</c>, bound to what the pod asked for. Versions
/// 1 and 2, by files (the cgroupfs driver).
/// </summary>
internal sealed class PodCgroups(string root, bool isEnabled, Action<string> log)
{
    private readonly ConcurrentDictionary<string, long> _burstable = new(StringComparer.Ordinal);
    private string[]? _hierarchies;
    private int _isTopBound;

    /// <summary>Where control groups are.</summary>
    public string Mount { get; init; } = "/sys/fs/cgroup";

    /// <summary>True for control groups of version 2.</summary>
    public bool IsUnified { get; init; } = HostAbilities.HasUnifiedCgroups();

    /// <summary>The sizes of huge pages that the kernel has, as in names of files: <c>2MB</c>.</summary>
    public IReadOnlyList<string> PageSizes { get; init; } = HugePages.Sizes;

    /// <summary>What all pods together may have (<c>enforceNodeAllocatable: [pods]</c>); null for no bounds.</summary>
    public PodsBounds? Bounds { get; init; }

    /// <summary>The most processes of a pod; -1 for no bound.</summary>
    public long ProcessesMax { get; init; } = -1;

    /// <summary>The group that the containers of a pod are in; empty when pods have none.</summary>
    public string ParentOf(Pod pod) => isEnabled ? $"{Top}{ClassOf(pod)}/pod{pod.Metadata.Uid}" : "";

    /// <summary>Bytes of memory that a pod uses, without files that could be dropped; null when nobody
    /// knows.</summary>
    public long? MemoryUse(Pod pod) =>
        isEnabled && new ControlGroups(new MachineFiles()).Memory(ParentOf(pod), default) is { } memory
            ? (long?)memory.WorkingSetBytes
            : null;

    /// <summary>Makes the group of a pod, or brings it up to date.</summary>
    public void SetUp(Pod pod, PodBounds bounds)
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
            BindClasses(pod, bounds);
            if (IsUnified)
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

            if (ProcessesMax > 0)
            {
                Write(IsUnified ? "" : "pids", pod, "pids.max", ProcessesMax);
            }

            BindHugePages(pod);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log($"control group of pod {PodNames.Text(pod)}: {exception.Message}");
        }
    }

    /// <summary>Ends what runs in the group of a container that has ended, and removes the group: a runtime whose shim
    /// was killed may do neither.</summary>
    public void EndLeftovers(Pod pod, string containerId)
    {
        if (isEnabled)
        {
            RemoveGroup($"{ParentOf(pod)}/{containerId}");
        }
    }

    /// <summary>Removes the group of a pod that is gone, and ends what still runs in it.</summary>
    public void TearDown(string uid)
    {
        if (!isEnabled)
        {
            return;
        }

        if (_burstable.TryRemove(uid, out _))
        {
            BindBurstable();
        }

        foreach (string name in (ReadOnlySpan<string>)["", "/burstable", "/besteffort"])
        {
            RemoveGroup($"{Top}{name}/pod{uid}");
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

    /// <summary>The group of all pods; empty when pods have none.</summary>
    public string AllPods => isEnabled ? Top : "";

    private string Top => (root.Length > 0 ? "/" + root.Trim('/') : "") + "/kubepods";

    private static string ClassOf(Pod pod) => PodResourceConfigs.QosOf(pod) switch
    {
        PodQOSClass.Burstable => "/burstable",
        PodQOSClass.BestEffort => "/besteffort",
        _ => "",
    };

    private IEnumerable<string> Directories(string group) => IsUnified
        ? [Mount + "/" + group.Trim('/')]
        : Hierarchies().Select(one => $"{one}/{group.Trim('/')}");

    /// <summary>All of version 1, as runtimes make a container's group in each; some have a second name, a link.
    /// </summary>
    private string[] Hierarchies() => _hierarchies ??=
        [.. new DirectoryInfo(Mount).GetDirectories().Where(static one => one.LinkTarget is null)
            .Select(static one => one.FullName)];

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

        if (IsUnified)
        {
            // Groups below get the controllers that this one has.
            string directory = Mount + "/" + group.Trim('/');
            Enable(Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>A new group of cpuset has no processors until it is told which.</summary>
    private void Inherit(string directory)
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

    /// <summary>Classes of service share what is left as their pods ask for (upstream's QOS containers).</summary>
    private void BindClasses(Pod pod, PodBounds bounds)
    {
        if (Interlocked.Exchange(ref _isTopBound, 1) == 0 && Bounds is { } all)
        {
            WriteShares(Top, CpuShares.Of(all.MilliCpu));
            WriteTo("memory", Top, IsUnified ? "memory.max" : "memory.limit_in_bytes", all.Memory);
        }

        switch (ClassOf(pod))
        {
            case "/besteffort":
                WriteShares(Top + "/besteffort", CpuShares.Of(0));
                break;
            case "/burstable" when !_burstable.TryGetValue(pod.Metadata.Uid, out long known)
                || known != bounds.CpuShares:
                _burstable[pod.Metadata.Uid] = bounds.CpuShares;
                BindBurstable();
                break;
        }
    }

    private void BindBurstable()
    {
        try
        {
            WriteShares(Top + "/burstable", Math.Max(CpuShares.Of(0), _burstable.Values.Sum()));
        }
        catch (IOException exception)
        {
            log(exception.Message);
        }
    }

    /// <summary>Of pages of each size a pod has what it asks for, and nothing else; what was set aside for later use
    /// counts too where the kernel counts it.</summary>
    private void BindHugePages(Pod pod)
    {
        (string controller, string limit) = IsUnified ? ("", "max") : ("hugetlb", "limit_in_bytes");
        foreach ((string size, long bytes) in HugePages.LimitsOf(pod, PageSizes))
        {
            Write(controller, pod, $"hugetlb.{size}.{limit}", bytes);
            Write(controller, pod, $"hugetlb.{size}.rsvd.{limit}", bytes);
        }
    }

    private void WriteShares(string group, long shares)
    {
        if (IsUnified)
        {
            WriteTo("", group, "cpu.weight", CpuShares.WeightOf(shares));
        }
        else
        {
            WriteTo("cpu", group, "cpu.shares", shares);
        }
    }

    private void Write(string controller, Pod pod, string file, object value) =>
        WriteTo(controller, ParentOf(pod), file, value);

    private void WriteTo(string controller, string group, string file, object value)
    {
        string path = Path.Combine(Mount, IsUnified ? "" : controller, group.Trim('/'), file);
        if (File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    private void RemoveGroup(string group)
    {
        string[] directories = [.. Directories(group).Where(Directory.Exists)];
        GroupProcesses.End(directories, log);
        foreach (string directory in directories)
        {
            Remove(directory);
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

/// <summary>What all pods together may have.</summary>
/// <param name="MilliCpu">Thousandths of processors.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record PodsBounds(long MilliCpu, long Memory);
