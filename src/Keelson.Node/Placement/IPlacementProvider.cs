using Keelson.Api.Core.V1;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Placement;

/// <summary>Gives containers something of their own: processors, memory, devices.</summary>
internal interface IPlacementProvider
{
    /// <summary>Where what containers ask for can be had; one list a resource, null where it does not
    /// matter.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="containers">One of its containers, or all of them where they are placed together.</param>
    IEnumerable<IReadOnlyList<TopologyHint>?> HintsOf(Pod pod, IReadOnlyList<ContainerSpec> containers);

    /// <summary>Gives a container what it asks for.</summary>
    /// <returns>Null, or why it can't.</returns>
    Task<PodVerdict?> AllocateAsync(
        Pod pod, ContainerSpec one, NumaMask? affinity, CancellationToken cancellationToken);

    /// <summary>Adds what a container was given to what it is made from.</summary>
    /// <returns>Null, or why it can't start.</returns>
    Task<string?> AddToAsync(
        Pod pod, ContainerSpec one, Proto.ContainerConfig config, CancellationToken cancellationToken);

    /// <summary>The pods that were given something.</summary>
    IReadOnlyCollection<string> Holders { get; }

    /// <summary>Takes back what a pod was given.</summary>
    void Release(string podUid);
}

/// <summary>What several containers of a pod need together.</summary>
internal static class PlacementSum
{
    /// <summary>The sum of containers and sidecars, or what an init container needs beside the sidecars.</summary>
    public static long Of(IReadOnlyList<ContainerSpec> containers, Func<Container, long> amount)
    {
        long running = containers.Where(static one => one.Role is not ContainerRole.Init)
            .Sum(one => amount(one.Container));
        long starting = containers.Where(static one => one.Role is ContainerRole.Init)
            .Select(one => amount(one.Container)).DefaultIfEmpty().Max();
        return Math.Max(running, starting);
    }

    /// <summary>The verdict on a pod that can't be given something.</summary>
    public static PodVerdict Unexpected(string error) =>
        new("UnexpectedAdmissionError", $"Allocate failed due to {error}, which is unexpected");
}
