namespace Keelson.Machinery.Certificates;

/// <summary>What the two kubelet signers accept. Null means the request is as it should be; otherwise upstream's
/// text of the first thing that is not.</summary>
public static class KubeletCertificateRequests
{
    private const string NodesGroup = "system:nodes";
    private const string NodeUserPrefix = "system:node:";

    /// <summary>Checks a request to <c>kubernetes.io/kubelet-serving</c>.</summary>
    public static string? CheckServing(CertificateRequestContent request, IReadOnlyCollection<string> usages)
    {
        var names = request.AlternativeNames;
        if (!IsOfNodesOnly(request))
        {
            return "subject organization is not system:nodes";
        }
        if (names.DnsNames.Count == 0 && names.IpAddresses.Count == 0)
        {
            return "DNS or IP subjectAltName is required";
        }
        if (names.EmailAddresses.Count > 0)
        {
            return "Email subjectAltNames are not allowed";
        }
        if (names.Uris.Count > 0)
        {
            return "URI subjectAltNames are not allowed";
        }
        return CheckUsages(usages, "server auth") ?? CheckCommonName(request);
    }

    /// <summary>Checks a request to <c>kubernetes.io/kube-apiserver-client-kubelet</c>.</summary>
    public static string? CheckClient(CertificateRequestContent request, IReadOnlyCollection<string> usages)
    {
        var names = request.AlternativeNames;
        if (!IsOfNodesOnly(request))
        {
            return "subject organization is not system:nodes";
        }
        if (names.DnsNames.Count > 0)
        {
            return "DNS subjectAltNames are not allowed";
        }
        if (names.EmailAddresses.Count > 0)
        {
            return "Email subjectAltNames are not allowed";
        }
        if (names.IpAddresses.Count > 0)
        {
            return "IP subjectAltNames are not allowed";
        }
        if (names.Uris.Count > 0)
        {
            return "URI subjectAltNames are not allowed";
        }
        return CheckCommonName(request) ?? CheckUsages(usages, "client auth");
    }

    private static bool IsOfNodesOnly(CertificateRequestContent request) =>
        request.Subject.Organizations is [NodesGroup];

    private static string? CheckCommonName(CertificateRequestContent request) =>
        request.Subject.CommonName.StartsWith(NodeUserPrefix, StringComparison.Ordinal)
            ? null
            : "subject common name does not begin with system:node:";

    // Key encipherment is what RSA keys need; others may leave it out.
    private static string? CheckUsages(IReadOnlyCollection<string> usages, string extendedUsage)
    {
        var asked = usages.ToHashSet(StringComparer.Ordinal);
        asked.Remove("key encipherment");
        if (asked.SetEquals([extendedUsage, "digital signature"]))
        {
            return null;
        }
        string[] wanted = [extendedUsage, "digital signature", "key encipherment"];
        return $"usages did not match [{string.Join(' ', wanted.Order(StringComparer.Ordinal))}]";
    }
}
