using Keelson.Machinery.Values;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Eviction;

/// <summary>What the figures of a node say of each signal.</summary>
internal static class EvictionObservations
{
    /// <summary>The observations; signals of which nothing is known are missing.</summary>
    public static IReadOnlyDictionary<string, EvictionObservation> Of(NodeStats node)
    {
        Dictionary<string, EvictionObservation> found = new(StringComparer.Ordinal);
        AddMemory(found, EvictionSignal.Memory, node.Memory);
        AddMemory(
            found,
            EvictionSignal.AllocatableMemory,
            node.SystemContainers.FirstOrDefault(static one => one.Name == "pods")?.Memory);
        AddDisk(found, EvictionSignal.NodeDisk, EvictionSignal.NodeInodes, node.FileSystem);
        AddDisk(found, EvictionSignal.ImageDisk, EvictionSignal.ImageInodes, node.ImageFileSystem);
        AddDisk(
            found,
            EvictionSignal.ContainerDisk,
            EvictionSignal.ContainerInodes,
            node.ContainerFileSystem ?? node.ImageFileSystem);
        if (node.Processes is { } processes)
        {
            found[EvictionSignal.Processes] = new(
                Quantity.FromValue(processes.MaxPid - processes.Running), Quantity.FromValue(processes.MaxPid));
        }

        return found;
    }

    private static void AddMemory(
        Dictionary<string, EvictionObservation> found, string signal, MemoryStats? memory)
    {
        if (memory is { AvailableBytes: { } left, WorkingSetBytes: { } used })
        {
            found[signal] = new(Bytes(left), Bytes(left + used));
        }
    }

    private static void AddDisk(
        Dictionary<string, EvictionObservation> found, string bytes, string inodes, FileSystemStats? disk)
    {
        if (disk is { AvailableBytes: { } left, CapacityBytes: { } all })
        {
            found[bytes] = new(Bytes(left), Bytes(all));
        }

        // A file system that makes inodes as they are needed has no number of them.
        if (disk is { InodesFree: { } free, Inodes: > 0 and { } every })
        {
            found[inodes] = new(Quantity.FromValue((long)free), Quantity.FromValue((long)every));
        }
    }

    private static Quantity Bytes(ulong bytes) => Quantity.FromValue((long)bytes, QuantityFormat.BinarySI);
}
