using Keelson.Api.Core.V1;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>The pods of a node, for who decides about one more.</summary>
internal interface INodePods
{
    /// <summary>The pods of which something may be on the node, with their statuses as computed last.</summary>
    IEnumerable<Pod> Held { get; }

    /// <summary>Ends a pod and waits until nothing of it runs, for as long as its grace period lets it.</summary>
    Task EndAsync(Pod pod, PodVerdict verdict, CancellationToken cancellationToken);
}

/// <summary>A node without pods.</summary>
internal sealed class NoPods : INodePods
{
    /// <summary>The only one.</summary>
    public static NoPods Instance { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<Pod> Held => [];

    /// <inheritdoc/>
    public Task EndAsync(Pod pod, PodVerdict verdict, CancellationToken cancellationToken) => Task.CompletedTask;
}
