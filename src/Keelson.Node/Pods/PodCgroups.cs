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
    private const string Mount = "/sys/fs/cgroup";

    private readonly bool _isUnified = HostAbilities.HasUnifiedCgroups();
    private readonly ConcurrentDictionary<string, long> _burstable = new(StringComparer.Ordinal);
    private string[]? _hierarchies;
    private int _isTopBound;

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

            if (ProcessesMax > 0)
            {
                Write(_isUnified ? "" : "pids", pod, "pids.max", ProcessesMax);
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

        if (_burstable.TryRemove(uid, out _))
        {
            BindBurstable();
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

    /// <summary>The group of all pods; empty when pods have none.</summary>
    public string AllPods => isEnabled ? Top : "";

    private string Top => (root.Length > 0 ? "/" + root.Trim('/') : "") + "/kubepods";

    private static string ClassOf(Pod pod) => PodResourceConfigs.QosOf(pod) switch
    {
        PodQOSClass.Burstable => "/burstable",
        PodQOSClass.BestEffort => "/besteffort",
        _ => "",
    };

    private IEnumerable<string> Directories(string group) => _isUnified
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

    /// <summary>Classes of service share what is left as their pods ask for (upstream's QOS containers).</summary>
    private void BindClasses(Pod pod, PodBounds bounds)
    {
        if (Interlocked.Exchange(ref _isTopBound, 1) == 0 && Bounds is { } all)
        {
            WriteShares(Top, CpuShares.Of(all.MilliCpu));
            WriteTo("memory", Top, _isUnified ? "memory.max" : "memory.limit_in_bytes", all.Memory);
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

    private void WriteShares(string group, long shares)
    {
        if (_isUnified)
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
        string path = Path.Combine(Mount, _isUnified ? "" : controller, group.Trim('/'), file);
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

/// <summary>What all pods together may have.</summary>
/// <param name="MilliCpu">Thousandths of processors.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record PodsBounds(long MilliCpu, long Memory);
