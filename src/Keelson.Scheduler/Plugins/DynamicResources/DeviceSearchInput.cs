using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What a search works with; the same for all nodes.</summary>
internal sealed class DeviceSearchInput
{
    /// <summary>The claims to allocate.</summary>
    public required IReadOnlyList<ClaimNeed> Claims { get; init; }

    /// <summary>The devices that there are.</summary>
    public required DeviceInventory Inventory { get; init; }

    /// <summary>Those that are given away.</summary>
    public required DevicesInUse InUse { get; init; }

    /// <summary>Holds devices against selectors.</summary>
    public required DeviceSelectors Selectors { get; init; }

    /// <summary>How long it may take; zero for no limit.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The same search for one more claim.</summary>
    public DeviceSearchInput With(ClaimNeed claim) => new()
    {
        Claims = [.. Claims, claim],
        Inventory = Inventory,
        InUse = InUse,
        Selectors = Selectors,
        Timeout = Timeout,
        Clock = Clock,
    };
}

/// <summary>Why there is no answer.</summary>
/// <param name="Message">In upstream's words.</param>
/// <param name="IsOfNode">True when other nodes may do; false when the claims or classes are wrong.</param>
internal sealed record DeviceSearchFailure(string Message, bool IsOfNode = false);

/// <summary>A device that was chosen.</summary>
/// <param name="Need">What for.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="Device">The device.</param>
/// <param name="Share">How much of it, where many may have a share; null for all of it.</param>
internal sealed record ChosenDevice(
    DeviceNeed Need, DevicePool Pool, PooledDevice Device, IReadOnlyDictionary<string, Quantity>? Share);
