namespace Keelson.Nodes.Cgroups;

/// <summary>
/// The name of a control group, free of how it is written: <c>kubepods</c>, <c>burstable</c>, <c>pod1-2</c>. With the
/// cgroupfs driver that is the path <c>/kubepods/burstable/pod1-2</c>; with systemd's it is the unit
/// <c>kubepods-burstable-pod1_2.slice</c>, where a dash is a step down, so that dashes of its own are written as
/// underscores.
/// </summary>
internal sealed class CgroupName
{
    private const string Suffix = ".slice";

    private readonly string[] _parts;

    private CgroupName(string[] parts) => _parts = parts;

    /// <summary>The last part, as it is without a driver; empty for the root.</summary>
    public string Last => _parts is [.., var last] ? last : "";

    /// <summary>The path below a hierarchy with the cgroupfs driver.</summary>
    public string Path => "/" + string.Join('/', _parts);

    /// <summary>The unit with the systemd driver.</summary>
    public string Slice => SliceOf(_parts);

    /// <summary>The unit above it.</summary>
    public string ParentSlice => SliceOf(_parts.AsSpan(0, Math.Max(0, _parts.Length - 1)));

    /// <summary>Where systemd has the unit below a hierarchy: each slice is in the one whose name it continues.
    /// </summary>
    public string SlicePath =>
        "/" + string.Join('/', Enumerable.Range(1, _parts.Length).Select(count => SliceOf(_parts.AsSpan(0, count))));

    /// <summary>A name from a path whose parts are its own.</summary>
    /// <param name="path">Such as <c>/custom/nodes</c>.</param>
    public static CgroupName OfPath(string path) => new(path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A name from that of a slice, or from its path, of which only the last part matters.</summary>
    /// <param name="path">Such as <c>/system.slice</c>, or <c>kubepods-burstable.slice</c>.</param>
    public static CgroupName OfSlice(string path)
    {
        string last = path.Split('/')[^1];
        last = IsSlice(last) ? last[..^Suffix.Length] : last;
        return new(
            [
                .. last.Split('-', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static one => one.Replace('_', '-')),
            ]);
    }

    /// <summary>True for the path of a slice.</summary>
    public static bool IsSlice(string path) => path.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The group in this one with that name.</summary>
    public CgroupName With(string part) => new([.. _parts, part]);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static string SliceOf(ReadOnlySpan<string> parts) =>
        (parts.Length == 0 ? "-" : string.Join('-', parts.ToArray().Select(static one => one.Replace('-', '_'))))
        + Suffix;
}
