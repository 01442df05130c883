using System.Collections.Concurrent;
using Keelson.Nodes.Containers;

namespace Keelson.Nodes.Cgroups;

/// <summary>
/// Has systemd make control groups, as slices: upstream's driver <c>systemd</c>. Their bounds are told to systemd,
/// which would undo what it does not know of, and are written to the files besides, since not all of them are known to
/// each version of it.
/// </summary>
internal sealed class SystemdCgroupDriver(SystemdUnits units, CgroupFiles files) : ICgroupDriver
{
    // Since that version systemd knows of periods; before, it has its own.
    private const int KnowsPeriods = 242;
    private const long MicrosecondsPerSecond = 1_000_000;

    // systemd counts in parts of a hundred of a processor.
    private const long QuotaStep = MicrosecondsPerSecond / 100;

    private readonly ConcurrentDictionary<string, CgroupBounds> _set = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string PathOf(CgroupName name) => name.SlicePath;

    /// <inheritdoc/>
    public CgroupName Root(string path) =>
        CgroupName.IsSlice(path.TrimEnd('/')) ? CgroupName.OfSlice(path.TrimEnd('/')) : CgroupName.OfPath(path);

    /// <inheritdoc/>
    public CgroupName Other(string path) => CgroupName.OfSlice(path.TrimEnd('/'));

    /// <inheritdoc/>
    public async Task SetAsync(CgroupName name, CgroupBounds bounds, CancellationToken cancellationToken)
    {
        string path = name.SlicePath;
        if (!files.Has(path))
        {
            await units.StartAsync(name.Slice, Unbound(name), cancellationToken);
        }
        else if (_set.TryGetValue(name.Slice, out CgroupBounds before) && before == bounds)
        {
            return;
        }

        CgroupBounds whole = bounds with { CpuQuota = bounds.CpuQuota is { } quota ? Rounded(quota) : null };
        UnitProperty[] properties = [.. Properties(whole, await units.VersionAsync(cancellationToken))];
        if (properties.Length > 0)
        {
            await units.SetAsync(name.Slice, properties, cancellationToken);
        }

        files.Make(path);
        files.Set(path, whole);
        _set[name.Slice] = bounds;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(CgroupName name, CancellationToken cancellationToken)
    {
        _set.TryRemove(name.Slice, out _);
        await units.StopAsync(name.Slice, cancellationToken);

        // Those in hierarchies that systemd leaves alone, and what it did not take away.
        files.Remove(name.SlicePath);
    }

    /// <summary>Whole parts of a hundred of a processor, upwards, as systemd has them: what is in the group could not
    /// have more than the group.</summary>
    private static long Rounded(long quota)
    {
        if (quota == CgroupBounds.None)
        {
            return quota;
        }

        long step = QuotaStep * CpuShares.Period / MicrosecondsPerSecond;
        return (quota + step - 1) / step * step;
    }

    /// <summary>A slice as it is before it has bounds. Its place in the tree is in its name; that the one above is
    /// wanted brings that about.</summary>
    private UnitProperty[] Unbound(CgroupName name) =>
    [
        new("Description", "Kubernetes pods: " + name.Slice),
        new("Wants", new[] { name.ParentSlice }),
        new("MemoryAccounting", true),
        new("CPUAccounting", true),
        new(files.IsUnified ? "IOAccounting" : "BlockIOAccounting", true),
        new("TasksAccounting", true),
        new("DefaultDependencies", false),
    ];

    private IEnumerable<UnitProperty> Properties(CgroupBounds bounds, int version)
    {
        if (bounds.Memory is { } memory)
        {
            yield return new(files.IsUnified ? "MemoryMax" : "MemoryLimit", OrInfinity(memory));
        }

        if (bounds.CpuShares is { } shares)
        {
            yield return files.IsUnified
                ? new("CPUWeight", (ulong)CpuShares.WeightOf(shares))
                : new("CPUShares", (ulong)shares);
        }

        if (bounds.CpuQuota is { } quota)
        {
            if (version >= KnowsPeriods)
            {
                yield return new("CPUQuotaPeriodUSec", (ulong)CpuShares.Period);
            }

            yield return new("CPUQuotaPerSecUSec", quota == CgroupBounds.None
                ? UnitProperty.Infinity
                : (ulong)(quota * MicrosecondsPerSecond / CpuShares.Period));
        }

        if (bounds.Processes is { } processes)
        {
            yield return new("TasksMax", OrInfinity(processes));
        }
    }

    private static ulong OrInfinity(long bound) => bound == CgroupBounds.None ? UnitProperty.Infinity : (ulong)bound;
}
