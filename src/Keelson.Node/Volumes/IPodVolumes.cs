using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Volumes;

/// <summary>
/// The volumes of the pods on this node. Every call may be repeated at any time, also after the agent was killed in the
/// middle of one: what is in place already stays as it is.
/// </summary>
internal interface IPodVolumes
{
    /// <summary>
    /// Brings all volumes of a pod in place. Containers are not created before this succeeded. Calls again with a pod
    /// that runs bring its volumes' contents up to date (upstream does so with every sync). What went wrong is told of
    /// by an event for each volume.
    /// </summary>
    /// <returns>Null, or why a volume is not in place, in the words of upstream's <c>FailedMount</c> events.</returns>
    Task<string?> SetUpAsync(Pod pod, CancellationToken cancellationToken);

    /// <summary>
    /// True when a pod has waited for as long as upstream waits for volumes that its driver has no room for on this
    /// node. The cluster is told then how many it takes by now.
    /// </summary>
    Task<bool> IsNodeFullAsync(string podUid, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>
    /// What is mounted into a container, with subPath and subPathExpr resolved safely and host files made where their
    /// type asks for it.
    /// </summary>
    /// <param name="pod">The pod, whose volumes are in place.</param>
    /// <param name="container">The container; an ephemeral one is given as its common part.</param>
    /// <param name="environment">The container's variables, for subPathExpr.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<ContainerMounts> MountsAsync(
        Pod pod,
        Container container,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken);

    /// <summary>
    /// Takes apart what is in place for a pod whose containers are gone, and removes its directory.
    /// </summary>
    /// <returns>Null, or why something is still there; call again then.</returns>
    Task<string?> TearDownAsync(string podUid, CancellationToken cancellationToken);

    /// <summary>All pods that the last agent left have been looked at.</summary>
    void Settle();

    /// <summary>The uids of pods that have something in place, whether they still exist or not.</summary>
    IReadOnlyList<string> InPlace();
}

/// <summary>What is mounted into one container.</summary>
/// <param name="Mounts">The mounts, in the container's order.</param>
/// <param name="Devices">Raw block devices.</param>
/// <param name="Error">Null, or why the container can't be created (reason <c>CreateContainerConfigError</c>).</param>
internal sealed record ContainerMounts(
    IReadOnlyList<Cri.Protos.Mount> Mounts, IReadOnlyList<Cri.Protos.Device> Devices, string? Error);
