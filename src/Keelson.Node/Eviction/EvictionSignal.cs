using System.Globalization;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Eviction;

/// <summary>What of a node can run short, by the kubelet's names.</summary>
internal static class EvictionSignal
{
    public const string Memory = "memory.available";
    public const string AllocatableMemory = "allocatableMemory.available";
    public const string NodeDisk = "nodefs.available";
    public const string NodeInodes = "nodefs.inodesFree";
    public const string ImageDisk = "imagefs.available";
    public const string ImageInodes = "imagefs.inodesFree";
    public const string ContainerDisk = "containerfs.available";
    public const string ContainerInodes = "containerfs.inodesFree";
    public const string Processes = "pid.available";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Memory, AllocatableMemory, NodeDisk, NodeInodes, ImageDisk, ImageInodes, ContainerDisk, ContainerInodes,
        Processes,
    ];

    /// <summary>The resource that is got back when a signal's threshold is met.</summary>
    public static string ResourceOf(string signal) => signal switch
    {
        Memory or AllocatableMemory => "memory",
        NodeDisk or ImageDisk or ContainerDisk => "ephemeral-storage",
        NodeInodes or ImageInodes or ContainerInodes => "inodes",
        _ => "pids",
    };

    /// <summary>The node's condition while a signal's threshold is met.</summary>
    public static string ConditionOf(string signal) => ResourceOf(signal) switch
    {
        "memory" => "MemoryPressure",
        "pids" => "PIDPressure",
        _ => "DiskPressure",
    };
}

/// <summary>An amount, or a share of what there is.</summary>
internal readonly record struct EvictionAmount(Quantity? Amount, float Share)
{
    /// <summary>The amount of a capacity.</summary>
    public Quantity Of(Quantity capacity) => Amount
        ?? Quantity.FromValue((long)((double)capacity.Value * Share), QuantityFormat.BinarySI);

    /// <summary>Reads <c>10%</c> or <c>100Mi</c>.</summary>
    public static EvictionAmount? TryParse(string text)
    {
        if (text.EndsWith('%'))
        {
            return float.TryParse(text.AsSpan()[..^1], CultureInfo.InvariantCulture, out float percent)
                ? new(null, percent / 100)
                : null;
        }

        return Quantity.TryParse(text, out Quantity amount, out _) ? new(amount, 0) : null;
    }
}

/// <summary>A signal's threshold.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Value">Met when less is left.</param>
/// <param name="Grace">How long it must be met; zero for a hard one.</param>
/// <param name="MinimumReclaim">How much more is got back; null for none.</param>
internal sealed record EvictionThreshold(
    string Signal, EvictionAmount Value, TimeSpan Grace = default, EvictionAmount? MinimumReclaim = null)
{
    /// <summary>True for one that gives no grace.</summary>
    public bool IsHard => Grace == TimeSpan.Zero;
}

/// <summary>What is left of what there is, by one signal.</summary>
internal readonly record struct EvictionObservation(Quantity Available, Quantity Capacity);
