using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A private key made by the kubelet with a certificate chain obtained through a PodCertificateRequest.
/// </summary>
[ApiType("io.k8s.api.core.v1.PodCertificateProjection")]
public sealed partial record PodCertificateProjection
{
    /// <summary>Signer that is asked for the certificate.</summary>
    [Field(1, Required = true)]
    public partial string SignerName { get; init; }

    /// <summary>Kind of the key: RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.</summary>
    [Field(2, Required = true)]
    public partial string KeyType { get; init; }

    /// <summary>
    /// Longest lifetime in seconds to ask for, 3600 to 7862400 (91 days). Defaults to 86400; the signer may issue a
    /// shorter one.
    /// </summary>
    [Field(3)]
    public partial int? MaxExpirationSeconds { get; init; }

    /// <summary>
    /// Relative path of one PEM file with key and chain, which are thereby always consistent. The recommended form.
    /// </summary>
    [Field(4)]
    public partial string CredentialBundlePath { get; init; }

    /// <summary>Relative path of a file with the key alone. Readers have to check that it fits the chain.</summary>
    [Field(5)]
    public partial string KeyPath { get; init; }

    /// <summary>Relative path of a file with the certificate chain alone.</summary>
    [Field(6)]
    public partial string CertificateChainPath { get; init; }

    /// <summary>
    /// Extra key value pairs that are passed unverified to the signer, which may interpret them. Keys are qualified
    /// names with a domain.
    /// </summary>
    [Field(7)]
    public partial ApiMap<string> UserAnnotations { get; init; }
}
