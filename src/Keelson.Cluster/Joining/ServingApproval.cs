using System.Net;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>
/// Whether a kubelet may have the serving certificate that it asks for without anybody looking. The authority vouches
/// for the API server too, so a node gets nothing but what is its own: its name, and addresses that it has and nobody
/// else. What is in doubt is left to the administrator, as upstream leaves all of it. Pure.
/// </summary>
internal sealed record ServingApproval
{
    private const string Signer = "kubernetes.io/kubelet-serving";
    private const string UserPrefix = "system:node:";
    private const string NodesGroup = "system:nodes";

    /// <summary>The cluster's nodes.</summary>
    public required IReadOnlyCollection<Node> Nodes { get; init; }

    /// <summary>Addresses of services.</summary>
    public IReadOnlyList<IPNetwork> ServiceRanges { get; init; } = [];

    /// <summary>Addresses at which the API server is, with the name of the node that runs it; empty for none.</summary>
    public (IReadOnlyList<IPAddress> Addresses, string Node) ControlPlane { get; init; } = ([], "");

    /// <summary>The domain of services.</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>True for a request that is for this to decide.</summary>
    public static bool IsOpen(CertificateSigningRequest request) =>
        request.Spec.SignerName == Signer && request.Status.Certificate.Length == 0
        && !request.Status.Conditions.Any(static one =>
            one.Type is RequestConditionType.Approved or RequestConditionType.Denied or RequestConditionType.Failed);

    /// <summary>True when the node that asks is one of the cluster's.</summary>
    public bool Knows(CertificateSigningRequest request) =>
        Nodes.Any(one => UserPrefix + one.Metadata.Name == request.Spec.Username);

    /// <summary>Null, or why it is not approved here.</summary>
    public string? Objection(CertificateSigningRequest request)
    {
        if (CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out string? error) is not { } content)
        {
            return error;
        }

        if (KubeletCertificateRequests.CheckServing(content, [.. request.Spec.Usages]) is { } unusual)
        {
            return unusual;
        }

        string user = content.Subject.CommonName;
        if (request.Spec.Username != user || !request.Spec.Groups.Any(static one => one == NodesGroup))
        {
            return $"{request.Spec.Username} asks for a certificate of {user}";
        }

        string name = user[UserPrefix.Length..];
        Node? node = Nodes.FirstOrDefault(one => one.Metadata.Name == name);
        return node is null
            ? $"there is no node {name}"
            : content.AlternativeNames.DnsNames.Select(one => Objection(node, one))
                .Concat(content.AlternativeNames.IpAddresses.Select(one => Objection(node, one)))
                .FirstOrDefault(static one => one is not null);
    }

    private string? Objection(Node node, string dnsName)
    {
        if (dnsName == node.Metadata.Name)
        {
            return null;
        }

        // Services' names are the cluster's own; kubernetes.default.svc is the API server.
        bool isReserved = dnsName is "localhost" or "kubernetes" || dnsName.Contains('*')
            || dnsName.StartsWith("kubernetes.", StringComparison.Ordinal)
            || dnsName.EndsWith(".svc", StringComparison.Ordinal)
            || dnsName.EndsWith("." + Domain, StringComparison.Ordinal);
        bool isOthers = Nodes.Any(one => one.Metadata.Name != node.Metadata.Name
            && (one.Metadata.Name == dnsName || Names(one).Contains(dnsName)));
        return isReserved || isOthers || !Names(node).Contains(dnsName)
            ? $"{dnsName} is no name of node {node.Metadata.Name} alone"
            : null;
    }

    private string? Objection(Node node, IPAddress address)
    {
        bool isControlPlanes = ControlPlane.Addresses.Contains(address) && ControlPlane.Node != node.Metadata.Name;
        bool isOthers = Nodes.Any(one =>
            one.Metadata.Name != node.Metadata.Name && Addresses(one).Contains(address));
        return IPAddress.IsLoopback(address) || isControlPlanes || isOthers || !Addresses(node).Contains(address)
            || ServiceRanges.Any(one => one.Contains(address))
            ? $"{address} is no address of node {node.Metadata.Name} alone"
            : null;
    }

    private static HashSet<IPAddress> Addresses(Node node) =>
    [
        .. node.Status.Addresses.Where(static one => one.Type is "InternalIP" or "ExternalIP")
            .Select(static one => IPAddress.TryParse(one.Address, out IPAddress? address) ? address : IPAddress.None),
    ];

    private static HashSet<string> Names(Node node) => new(
        node.Status.Addresses.Where(static one => one.Type is "Hostname" or "InternalDNS" or "ExternalDNS")
            .Select(static one => one.Address),
        StringComparer.Ordinal);
}
