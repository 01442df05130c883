using Keelson.Api.Core.V1;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Stats;

namespace Keelson.Nodes.Pods;

/// <summary>
/// The control groups of pods: <c>kubepods/[burstable|besteffort/]podUID</c>, bound to what the pod asked for.
/// </summary>
/// <param name="driver">Who makes them.</param>
/// <param name="files">Their files.</param>
/// <param name="root">The group above them (<c>cgroupRoot</c>); empty for the root.</param>
/// <param name="isEnabled">False when pods have none.</param>
internal sealed class PodCgroups(ICgroupDriver driver, CgroupFiles files, string root, bool isEnabled)
{
    private const string Prefix = "pod";

    private readonly SemaphoreSlim _binding = new(1);
    private readonly CgroupName _top = driver.Root(root).With("kubepods");
    private long _burstableShares;
    private bool _isTopBound;

    /// <summary>What all pods together may have (<c>enforceNodeAllocatable: [pods]</c>); null for no bounds.</summary>
    public PodsBounds? Bounds { get; init; }

    /// <summary>The sizes of huge pages that the kernel has, as in names of files: <c>2MB</c>.</summary>
    public IReadOnlyList<string> PageSizes { get; init; } = HugePages.Sizes;

    /// <summary>Told of what was killed, and of what could not be removed.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The most processes of a pod; -1 for no bound.</summary>
    public long ProcessesMax { get; init; } = CgroupBounds.None;

    /// <summary>The pods that are not over, with what they were given.</summary>
    public Func<IEnumerable<Pod>> Active { get; set; } = static () => [];

    /// <summary>The group of all pods; empty when pods have none.</summary>
    public string AllPods => isEnabled ? driver.PathOf(_top) : "";

    /// <summary>The groups that hold pods of a class: all, burstable, best effort; none when pods have none.</summary>
    public IReadOnlyList<string> Classes => isEnabled ? [.. Tops().Select(driver.PathOf)] : [];

    /// <summary>The group that the containers of a pod are in; empty when pods have none.</summary>
    public string ParentOf(Pod pod) => isEnabled ? driver.PathOf(NameOf(pod)) : "";

    /// <summary>Bytes of memory that a pod uses, without files that could be dropped; null when nobody
    /// knows.</summary>
    public long? MemoryUse(Pod pod) =>
        isEnabled && new ControlGroups(new MachineFiles()).Memory(ParentOf(pod), default) is { } memory
            ? (long?)memory.WorkingSetBytes
            : null;

    /// <summary>True when a pod has its group, or needs none.</summary>
    public bool IsSetUp(Pod pod) => !isEnabled || files.Has(ParentOf(pod));

    /// <summary>Makes the groups above those of pods, and binds them.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (!isEnabled)
        {
            return null;
        }

        try
        {
            await BindClassesAsync(cancellationToken);
            await BindBurstableAsync("", null, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Makes the group of a pod, or brings it up to date.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public async Task<string?> SetUpAsync(Pod pod, PodBounds bounds, CancellationToken cancellationToken)
    {
        if (!isEnabled)
        {
            return null;
        }

        try
        {
            await BindClassesAsync(cancellationToken);
            bool isBurstable = PodResourceConfigs.QosOf(pod) == PodQOSClass.Burstable;
            await BindBurstableAsync(pod.Metadata.Uid, isBurstable ? bounds.CpuShares : null, cancellationToken);
            await driver.SetAsync(
                NameOf(pod),
                new()
                {
                    CpuShares = bounds.CpuShares,
                    CpuQuota = bounds.CpuQuota ?? CgroupBounds.None,
                    Memory = bounds.Memory ?? CgroupBounds.None,
                    Processes = ProcessesMax > 0 ? ProcessesMax : null,
                },
                cancellationToken);

            // systemd knows nothing of them.
            files.SetHugePages(ParentOf(pod), HugePages.LimitsOf(pod, PageSizes));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Ends what runs in the group of a container that has ended, and removes the group: a runtime whose shim
    /// was killed may do neither.</summary>
    public void EndLeftovers(Pod pod, string containerId)
    {
        string parent = ParentOf(pod);
        foreach (string path in isEnabled ? CgroupReader.PathsOf(parent, containerId) : [])
        {
            files.End(path, Log);
            try
            {
                files.Remove(path);
            }
            catch (IOException exception)
            {
                Log(exception.Message);
            }
        }
    }

    /// <summary>Removes the group of a pod that is gone, and ends what still runs in it.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public async Task<string?> TearDownAsync(string uid, CancellationToken cancellationToken)
    {
        if (!isEnabled)
        {
            return null;
        }

        try
        {
            foreach (CgroupName name in Tops().Select(one => one.With(Prefix + uid)))
            {
                if (files.IsAnywhere(driver.PathOf(name)))
                {
                    files.End(driver.PathOf(name), Log);
                    await driver.RemoveAsync(name, cancellationToken);
                }
            }

            await BindBurstableAsync(uid, null, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>The pods that have a group without any process in it, by their uids.</summary>
    public IReadOnlyCollection<string> Idle()
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (CgroupName top in isEnabled ? Tops() : [])
        {
            string above = driver.PathOf(top);
            foreach (string name in files.Below(above))
            {
                string path = above + "/" + name;
                string last = CgroupName.IsSlice(name) ? CgroupName.OfSlice(name).Last : name;

                // A pod's group only is where its name leads back to.
                if (last.StartsWith(Prefix, StringComparison.Ordinal) && driver.PathOf(top.With(last)) == path
                    && !files.HasProcesses(path))
                {
                    found.Add(last[Prefix.Length..]);
                }
            }
        }

        return found;
    }

    /// <summary>Removes the groups above pods', and the one above those, when the last pod is gone.</summary>
    /// <exception cref="IOException">Some hold processes.</exception>
    public async Task TearDownAllAsync(CancellationToken cancellationToken)
    {
        foreach (CgroupName one in isEnabled ? Tops().Reverse() : [])
        {
            await driver.RemoveAsync(one, cancellationToken);
        }

        if (isEnabled && root.Trim('/').Length > 0)
        {
            await driver.RemoveAsync(driver.Root(root), cancellationToken);
        }
    }

    private CgroupName[] Tops() => [_top, _top.With("burstable"), _top.With("besteffort")];

    private CgroupName NameOf(Pod pod) => ClassOf(pod).With(Prefix + pod.Metadata.Uid);

    private CgroupName ClassOf(Pod pod) => PodResourceConfigs.QosOf(pod) switch
    {
        PodQOSClass.Burstable => _top.With("burstable"),
        PodQOSClass.BestEffort => _top.With("besteffort"),
        _ => _top,
    };

    /// <summary>Classes of service share what is left as their pods ask for (upstream's QOS containers).</summary>
    private async Task BindClassesAsync(CancellationToken cancellationToken)
    {
        await _binding.WaitAsync(cancellationToken);
        try
        {
            if (_isTopBound && files.Has(AllPods))
            {
                return;
            }

            await driver.SetAsync(
                _top,
                Bounds is { } all ? new() { CpuShares = CpuShares.Of(all.MilliCpu), Memory = all.Memory } : default,
                cancellationToken);
            await driver.SetAsync(
                _top.With("besteffort"), new() { CpuShares = CpuShares.Of(0) }, cancellationToken);
            _burstableShares = 0;
            _isTopBound = true;
        }
        finally
        {
            _binding.Release();
        }
    }

    /// <summary>Gives burstable pods together what they ask for together.</summary>
    /// <param name="uid">The pod that comes or goes.</param>
    /// <param name="shares">What it asks for; null for one that goes or has another class.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    private async Task BindBurstableAsync(string uid, long? shares, CancellationToken cancellationToken)
    {
        long others = Active()
            .Where(one => one.Metadata.Uid != uid && PodResourceConfigs.QosOf(one) == PodQOSClass.Burstable)
            .Sum(static one => PodBounds.Of(one).CpuShares);
        long all = Math.Max(CpuShares.Of(0), others + (shares ?? 0));
        await _binding.WaitAsync(cancellationToken);
        try
        {
            CgroupName burstable = _top.With("burstable");
            if (_isTopBound && (all != _burstableShares || !files.Has(driver.PathOf(burstable))))
            {
                await driver.SetAsync(burstable, new() { CpuShares = all }, cancellationToken);
                _burstableShares = all;
            }
        }
        finally
        {
            _binding.Release();
        }
    }
}

/// <summary>What all pods together may have.</summary>
/// <param name="MilliCpu">Thousandths of processors.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record PodsBounds(long MilliCpu, long Memory);
