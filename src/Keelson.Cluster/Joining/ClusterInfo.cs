using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Kubeconfigs;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>What anybody may read of a cluster: where it is, and which authority vouches for it.</summary>
public static class ClusterInfo
{
    /// <summary>The map's namespace.</summary>
    internal const string Namespace = "kube-public";

    /// <summary>The map's name.</summary>
    internal const string Name = "cluster-info";

    /// <summary>The key of what is signed.</summary>
    internal const string Content = "kubeconfig";

    /// <summary>The key of the signature that a token makes.</summary>
    internal static string SignatureKey(string tokenId) => "jws-kubeconfig-" + tokenId;

    /// <summary>The map.</summary>
    internal static ConfigMap ToMap(string server, X509Certificate2 authority)
    {
        KubeconfigCluster cluster = new()
        {
            Server = server, CertificateAuthorityPem = authority.ExportCertificatePem() + "\n",
        };
        Kubeconfig kubeconfig = new()
        {
            Clusters = new Dictionary<string, KubeconfigCluster> { [""] = cluster },
        };
        return new ConfigMap
        {
            Metadata = ObjectMeta.Empty with { Namespace = Namespace, Name = Name },
            Data = ApiMap<string>.From([KeyValuePair.Create(Content, KubeconfigWriter.Write(kubeconfig))]),
        };
    }

    /// <summary>What pins an authority: the digest of its public key, so that a renewed certificate stays the
    /// same.</summary>
    public static string KeyHash(X509Certificate2 authority) => "sha256:" + Convert.ToHexStringLower(
        SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));
}
