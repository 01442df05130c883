using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Nodes;

namespace Keelson.Nodes.Cgroups;

/// <summary>
/// Holds the system and what belongs to Kubernetes to what is reserved for them, where the configuration says so. The
/// groups are somebody else's and must be there.
/// </summary>
internal static class ReservedCgroups
{
    private const string OnlyProcessors = "-compressible";

    /// <summary>Binds the groups that are to be bound.</summary>
    /// <param name="config">What is to be bound to what.</param>
    /// <param name="driver">Who makes control groups.</param>
    /// <param name="files">Their files.</param>
    /// <param name="events">Told of what was done.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NodeAgentException">A group is not there, or can't be bound.</exception>
    public static async Task BindAsync(
        NodeAgentConfig config,
        ICgroupDriver driver,
        CgroupFiles files,
        EventRecorder events,
        CancellationToken cancellationToken)
    {
        foreach ((string what, string words, string path, IReadOnlyDictionary<string, Quantity> reserved) in
            ((string, string, string, IReadOnlyDictionary<string, Quantity>)[])
            [
                ("system-reserved", "System Reserved", config.SystemReservedCgroup, config.SystemReserved),
                ("kube-reserved", "Kube Reserved", config.KubeReservedCgroup, config.KubeReserved),
            ])
        {
            bool isWhole = config.EnforceNodeAllocatable.Contains(what);
            if (isWhole || config.EnforceNodeAllocatable.Contains(what + OnlyProcessors))
            {
                await BindAsync(words, path, BoundsOf(reserved, isWhole));
            }
        }

        async Task BindAsync(string words, string path, CgroupBounds bounds)
        {
            try
            {
                CgroupName name = driver.Other(path);
                if (!files.Has(driver.PathOf(name)))
                {
                    throw new IOException($"\"{driver.PathOf(name)}\" cgroup does not exist");
                }

                await driver.SetAsync(name, bounds, cancellationToken);
                events.Record(
                    NodeEvents.About(config.NodeName),
                    "Normal",
                    "NodeAllocatableEnforced",
                    $"Updated limits on {words.ToLowerInvariant()} cgroup {path}");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                string text = $"Failed to enforce {words} Cgroup Limits on \"{path}\": {error.Message}";
                events.WarnOfNode(config.NodeName, "FailedNodeAllocatableEnforcement", text);
                throw new NodeAgentException(text, error);
            }
        }
    }

    /// <summary>What is reserved, as bounds of a group. Pure.</summary>
    /// <param name="reserved">Amounts by resources.</param>
    /// <param name="isWhole">False for processors only.</param>
    public static CgroupBounds BoundsOf(IReadOnlyDictionary<string, Quantity> reserved, bool isWhole) => new()
    {
        CpuShares = reserved.TryGetValue("cpu", out Quantity cpu) ? CpuShares.Of(cpu.MilliValue) : null,
        Memory = isWhole && reserved.TryGetValue("memory", out Quantity memory) ? memory.Value : null,
        Processes = isWhole && reserved.TryGetValue("pid", out Quantity processes) ? processes.Value : null,
    };
}
