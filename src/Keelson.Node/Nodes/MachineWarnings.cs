using Keelson.Client.Events;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Nodes;

/// <summary>What a machine has that upstream warns of by events of the node, in its words.</summary>
internal static class MachineWarnings
{
    // From this kernel on, memory that pods use as files can be kept from being swapped.
    private static readonly Version KnowsNoSwap = new(6, 4);

    /// <summary>Tells it once, when an agent starts.</summary>
    public static void Tell(EventRecorder events, string node, string resolverFile)
    {
        foreach ((string reason, string text) in Of(
            HostAbilities.HasUnifiedCgroups(), MachineFacts.HasSwap(), Environment.OSVersion.Version))
        {
            events.WarnOfNode(node, reason, text);
        }

        if (resolverFile.Length > 0 && ResolverLimits.Complaint(resolverFile) is { } complaint)
        {
            events.WarnOfNode(node, "CheckLimitsForResolvConf", complaint);
        }
    }

    /// <summary>The events' reasons and texts. Pure.</summary>
    /// <param name="hasUnifiedGroups">Whether control groups are of version 2.</param>
    /// <param name="hasSwap">Whether the machine swaps.</param>
    /// <param name="kernel">The kernel's version.</param>
    public static IEnumerable<(string Reason, string Text)> Of(bool hasUnifiedGroups, bool hasSwap, Version kernel)
    {
        if (hasSwap && kernel < KnowsNoSwap)
        {
            yield return (
                "PossibleMemoryBackedVolumesOnDisk",
                "The tmpfs noswap option is not supported. Memory-backed volumes (e.g. secrets, emptyDirs, etc.) "
                + "might be swapped to disk and should no longer be considered secure.");
        }

        if (!hasUnifiedGroups)
        {
            yield return ("CgroupV1", "cgroup v1 support is in maintenance mode, please migrate to cgroup v2");
        }
    }
}
