namespace Keelson.Nodes.Devices;

/// <summary>What a container wants of one resource, and what there is to choose from.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Count">How many devices.</param>
internal sealed record DeviceWish(string Resource, int Count)
{
    /// <summary>Devices that init containers of the same pod had; they are taken first.</summary>
    public IReadOnlyCollection<string> Reusable { get; init; } = [];

    /// <summary>Healthy devices that nobody has.</summary>
    public IReadOnlyList<KnownDevice> Free { get; init; } = [];

    /// <summary>True for devices close to the NUMA nodes that were chosen for the container; null when none were, or
    /// the resource's devices are close to none.</summary>
    public Func<KnownDevice, bool>? IsClose { get; init; }
}

/// <summary>Asks a plugin which of its devices it would choose.</summary>
/// <param name="available">The devices to choose from.</param>
/// <param name="included">Those among them that are taken in any case.</param>
/// <returns>What it would choose; none when it has no say.</returns>
internal delegate Task<IReadOnlyCollection<string>> DevicePreference(
    IReadOnlyCollection<string> available, IReadOnlyCollection<string> included);

/// <summary>Chooses devices for a container.</summary>
internal static class DevicePick
{
    /// <summary>The devices, or why there are none.</summary>
    public static async Task<(IReadOnlyList<string> Ids, string? Error)> OfAsync(
        DeviceWish wish, DevicePreference preferAsync)
    {
        List<string> chosen = [.. wish.Reusable.Order(StringComparer.Ordinal).Take(wish.Count)];
        int needed = wish.Count - chosen.Count;
        if (needed == 0)
        {
            return (chosen, null);
        }

        if (wish.Free.Count < needed)
        {
            return ([], $"requested number of devices unavailable for {wish.Resource}. Requested: {needed}, "
                + $"Available: {wish.Free.Count}");
        }

        string[] close = wish.IsClose is { } isClose ? [.. Ids(wish.Free.Where(isClose))] : [];
        string[] far = [.. Ids(wish.Free.Where(static one => one.NumaNodes.Count > 0)).Except(close)];
        string[] rest = [.. Ids(wish.Free).Except(close).Except(far)];

        // What is close comes first; the plugin chooses among that if there is more of it than needed, else among
        // what else is there.
        bool hasChoiceOfClose = needed < close.Length;
        string[] scope = hasChoiceOfClose ? close : [.. close, .. far, .. rest];
        if (!hasChoiceOfClose)
        {
            Take(close);
        }

        if (chosen.Count < wish.Count)
        {
            IReadOnlyCollection<string> preferred = await preferAsync([.. scope.Union(chosen)], [.. chosen]);
            Take(preferred.Intersect(scope).ToArray());
            Take(scope);
        }

        return (chosen, null);

        void Take(string[] ids) =>
            chosen.AddRange(ids.Except(chosen).Take(wish.Count - chosen.Count).ToArray());
    }

    private static IEnumerable<string> Ids(IEnumerable<KnownDevice> devices) =>
        devices.Select(static one => one.Id).Order(StringComparer.Ordinal);
}
