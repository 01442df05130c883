using Keelson.Client.Events;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Cgroups;

/// <summary>The control groups that a node sees to: those of pods, and of what is reserved. They stay when it is
/// disposed of.</summary>
internal sealed class NodeCgroups : IAsyncDisposable
{
    private readonly SystemdUnits? _units;

    private NodeCgroups(SystemdUnits? units, PodCgroups pods) => (_units, Pods) = (units, pods);

    /// <summary>Those of pods.</summary>
    public PodCgroups Pods { get; }

    /// <summary>Makes the groups above pods' and binds what is to be bound.</summary>
    /// <param name="context">The node.</param>
    /// <param name="config">The agent's configuration.</param>
    /// <param name="driver">Who makes groups.</param>
    /// <param name="around">What the machine has, and whom to tell.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NodeAgentException">It can't be done, and pods could not run without.</exception>
    public static async Task<NodeCgroups> StartAsync(
        NodeContext context,
        NodeAgentConfig config,
        string driver,
        (MachineFacts Machine, EventRecorder Events) around,
        CancellationToken cancellationToken)
    {
        CgroupFiles files = new();
        SystemdUnits? units = driver == CgroupDriverChoice.Systemd ? new(context.Clock, context.Log) : null;
        ICgroupDriver maker = units is null ? new FileCgroupDriver(files) : new SystemdCgroupDriver(units, files);
        PodCgroups pods = new(maker, files, config.CgroupRoot, config.PodCgroups)
        {
            Bounds = NodeResources.GroupBounds(around.Machine, config),
            ProcessesMax = config.PodProcessesMax,
            Log = context.Log,
        };
        NodeCgroups made = new(units, pods);
        try
        {
            if (await pods.PrepareAsync(cancellationToken) is { } error)
            {
                string text = $"Failed to update Node Allocatable Limits \"{pods.AllPods}\": {error}";
                context.Log(text);
                around.Events.WarnOfNode(config.NodeName, "FailedNodeAllocatableEnforcement", text);

                // Where groups are files, containers can do without what could not be written.
                if (units is not null)
                {
                    throw new NodeAgentException(text);
                }
            }

            await ReservedCgroups.BindAsync(config, maker, files, around.Events, cancellationToken);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _units?.DisposeAsync() ?? ValueTask.CompletedTask;
}
