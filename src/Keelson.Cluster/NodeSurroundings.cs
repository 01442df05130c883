using System.Security.Cryptography.X509Certificates;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Nodes.Identity;

namespace Keelson.Cluster;

/// <summary>What a node finds around it.</summary>
internal record NodeSurroundings
{
    /// <summary>The API under the node's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The identity that the client speaks with, where the node sees to its certificate itself.</summary>
    public NodeIdentity? Identity { get; init; }

    /// <summary>The objects as this process knows them.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>The authorities that vouch for who calls the kubelet.</summary>
    public required Func<IReadOnlyList<X509Certificate2>> ClientAuthorities { get; init; }

    /// <summary>The addresses of services.</summary>
    public required IReadOnlyList<string> ServiceRanges { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where the node says what goes on.</summary>
    public required Action<string> Log { get; init; }
}

/// <summary>What a node in the control plane's process finds there besides.</summary>
internal sealed record LocalNodeSurroundings : NodeSurroundings
{
    /// <summary>Identities of controllers.</summary>
    public required IApiClients Clients { get; init; }

    /// <summary>Who may place what belongs to the cluster itself.</summary>
    public required IApiClient Administrator { get; init; }
}
