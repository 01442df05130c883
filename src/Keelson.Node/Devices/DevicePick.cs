namespace Keelson.Nodes.Devices;

/// <summary>Chooses devices for a container. Pure.</summary>
internal static class DevicePick
{
    /// <summary>The devices, or null when there are too few.</summary>
    /// <param name="needed">How many.</param>
    /// <param name="reusable">Those that init containers of the same pod had; they are taken first.</param>
    /// <param name="free">Those that nobody has.</param>
    /// <param name="isClose">Whether a device is close to the NUMA nodes that were chosen for the container.</param>
    /// <param name="preferred">What the plugin would choose; none when it has no say.</param>
    public static IReadOnlyList<string>? Of(
        int needed,
        IReadOnlyCollection<string> reusable,
        IReadOnlyList<KnownDevice> free,
        Func<KnownDevice, bool> isClose,
        IReadOnlyCollection<string> preferred)
    {
        List<string> chosen = [.. reusable.Order(StringComparer.Ordinal).Take(needed)];
        KnownDevice[] rest = [.. free.Where(one => !chosen.Contains(one.Id))];
        if (rest.Length < needed - chosen.Count)
        {
            return null;
        }

        // What the plugin prefers counts as long as it is there and close enough.
        chosen.AddRange(rest
            .OrderByDescending(isClose)
            .ThenByDescending(one => preferred.Contains(one.Id))
            .ThenBy(static one => one.Id, StringComparer.Ordinal)
            .Take(needed - chosen.Count)
            .Select(static one => one.Id));
        return chosen;
    }
}
