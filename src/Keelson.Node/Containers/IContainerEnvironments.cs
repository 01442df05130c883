using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Containers;

/// <summary>Works out the variables that containers are started with.</summary>
internal interface IContainerEnvironments
{
    /// <summary>
    /// The variables of a container: those of services (when the pod wants them), envFrom, env, with references
    /// expanded, in upstream's order.
    /// </summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">One of its containers.</param>
    /// <param name="podAddresses">The pod's addresses, the primary first; empty before the sandbox is there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<ContainerEnvironment> OfAsync(
        Pod pod, Container container, IReadOnlyList<string> podAddresses, CancellationToken cancellationToken);
}

/// <summary>The variables of one container.</summary>
/// <param name="Variables">Names and values, in order; names are unique.</param>
/// <param name="Error">
/// Null, or what is missing, in upstream's words (reason <c>CreateContainerConfigError</c>).
/// </param>
internal sealed record ContainerEnvironment(IReadOnlyList<KeyValuePair<string, string>> Variables, string? Error);
