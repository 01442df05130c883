using System.Net;
using Keelson.Machinery.Certificates;

namespace Keelson.Cluster.Pki;

/// <summary>What a cluster's certificates are made from.</summary>
public sealed record ClusterPkiConfig
{
    /// <summary>The cluster's directory: certificates go to <c>pki/</c> in it, kubeconfigs beside that.</summary>
    public required string Directory { get; init; }

    /// <summary>This machine's name.</summary>
    public required string HostName { get; init; }

    /// <summary>Addresses and names under which clients reach the API server.</summary>
    public IReadOnlyList<string> AdvertisedAddresses { get; init; } = [];

    /// <summary>Further names for the API server's certificate (<c>apiServer.certSANs</c> of kubeadm).</summary>
    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    /// <summary>The first address of the service range: the <c>kubernetes</c> service.</summary>
    public IPAddress FirstServiceAddress { get; init; } = IPAddress.Parse("10.96.0.1");

    /// <summary>The domain of the cluster's DNS.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The cluster's name in kubeconfigs.</summary>
    public string ClusterName { get; init; } = "kubernetes";

    /// <summary>The server's URL in kubeconfigs. A file that is there keeps its own, unless that is this server's on
    /// another port.</summary>
    public string ServerUrl { get; init; } = "https://127.0.0.1:6443";

    /// <summary>The node whose agent gets a <c>kubelet.conf</c>; null for none.</summary>
    public string? NodeName { get; init; }

    /// <summary>Life of all but the authorities; kubeadm's default.</summary>
    public TimeSpan LeafLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Life of the authorities; kubeadm's default.</summary>
    public TimeSpan AuthorityLifetime { get; init; } = TimeSpan.FromDays(3650);

    internal string PkiDirectory => Path.Combine(Directory, "pki");

    internal SubjectAlternativeNames ServingNames() => SubjectAlternativeNames.Of(
    [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        $"kubernetes.default.svc.{ClusterDomain}",
        HostName,
        "localhost",
        "127.0.0.1",
        "::1",
        FirstServiceAddress.ToString(),
        .. AdvertisedAddresses,
        .. ExtraNames,
    ]);
}
