using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Identity;

/// <summary>What a node asks for when it wants a certificate.</summary>
internal static class KubeletCertificateRequest
{
    private const string Group = "system:nodes";
    private static readonly string[] Usages = [KeyUsage.DigitalSignature, KeyUsage.ClientAuth];

    /// <summary>The user that a node is.</summary>
    public static string UserName(string nodeName) => "system:node:" + nodeName;

    /// <summary>The request for a client certificate. Its name follows from the key, so that who was restarted finds
    /// its own again.</summary>
    public static CertificateSigningRequest ForClient(ECDsa key, string nodeName)
    {
        X500DistinguishedName subject = CertificateSubject.Build(UserName(nodeName), Group);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        return new CertificateSigningRequest
        {
            Metadata = ObjectMeta.Empty with { Name = NameOf(key, nodeName) },
            Spec = new CertificateSigningRequestSpec
            {
                Request = Bytes.FromText(request.CreateSigningRequestPem() + "\n"),
                SignerName = "kubernetes.io/kube-apiserver-client-kubelet",
                Usages = Usages,
            },
        };
    }

    /// <summary>The request for a serving certificate.</summary>
    /// <param name="key">The key.</param>
    /// <param name="nodeName">The node.</param>
    /// <param name="names">Its names and addresses.</param>
    public static CertificateSigningRequest ForServer(ECDsa key, string nodeName, IEnumerable<string> names)
    {
        SubjectAlternativeNameBuilder alternative = new();
        foreach (string one in names.Distinct(StringComparer.Ordinal))
        {
            if (IPAddress.TryParse(one, out IPAddress? address))
            {
                alternative.AddIpAddress(address);
            }
            else
            {
                alternative.AddDnsName(one);
            }
        }

        X500DistinguishedName subject = CertificateSubject.Build(UserName(nodeName), Group);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(alternative.Build());
        return new CertificateSigningRequest
        {
            Metadata = ObjectMeta.Empty with { GenerateName = "csr-" },
            Spec = new CertificateSigningRequestSpec
            {
                Request = Bytes.FromText(request.CreateSigningRequestPem() + "\n"),
                SignerName = "kubernetes.io/kubelet-serving",
                Usages = new[] { KeyUsage.DigitalSignature, KeyUsage.ServerAuth },
            },
        };
    }

    /// <summary>True when a request is for this key: a name is no proof.</summary>
    public static bool IsFor(CertificateSigningRequest request, ECDsa key) =>
        CertificateRequestContent.Parse(request.Spec.Request.AsSpan(), out _) is { } content
        && content.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());

    /// <summary>A digest over what is asked for. Parts are encoded and closed by a mark outside the encoding, so that
    /// no two lists of parts read the same.</summary>
    private static string NameOf(ECDsa key, string nodeName)
    {
        byte[][] parts =
        [
            key.ExportSubjectPublicKeyInfo(),
            .. new[] { UserName(nodeName), Group }.Concat(Usages).Select(Encoding.UTF8.GetBytes),
        ];
        string text = string.Concat(parts.Select(static one => Base64Url.EncodeToString(one) + "|"));
        return "node-csr-" + Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }
}
