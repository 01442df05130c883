using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Server.Backends;

/// <summary>The pods of a node.</summary>
public interface IKubeletPods
{
    /// <summary>
    /// All pods that the node has to run, those from files too, with the status as the node knows it.
    /// </summary>
    IReadOnlyList<Pod> All { get; }

    /// <summary>One of them, with the status as the node knows it; null when there is none of that name.</summary>
    Pod? Find(string podNamespace, string name);

    /// <summary>
    /// What runs according to the container runtime: name, namespace, uid, and those containers that run with name and
    /// image, init and ephemeral ones among them.
    /// </summary>
    ValueTask<IReadOnlyList<Pod>> RunningAsync(CancellationToken cancellationToken);
}
