using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

/// <summary>Contents of a signing request. User, UID, groups and extra are set by the server.</summary>
[ApiType("io.k8s.api.certificates.v1.CertificateSigningRequestSpec")]
public sealed partial record CertificateSigningRequestSpec
{
    /// <summary>PKCS#10 certificate request in PEM, base64-encoded in JSON.</summary>
    [Field(1, Always = true, Required = true)]
    public partial Bytes Request { get; init; }

    /// <summary>Who shall sign, as domain/name, such as kubernetes.io/kube-apiserver-client.</summary>
    [Field(7, Always = true, Required = true)]
    public partial string SignerName { get; init; }

    /// <summary>Lifetime wanted, in seconds, at least 600. The signer may choose otherwise.</summary>
    [Field(8)]
    public partial int? ExpirationSeconds { get; init; }

    /// <summary>Key usages wanted in the certificate, such as client auth or digital signature.</summary>
    [Field(5, Enum = typeof(KeyUsage), List = ListType.Atomic)]
    public partial ApiList<string> Usages { get; init; }

    /// <summary>Name of the user who made the request. Set by the server.</summary>
    [Field(2)]
    public partial string Username { get; init; }

    /// <summary>UID of the user who made the request. Set by the server.</summary>
    [Field(3)]
    public partial string Uid { get; init; }

    /// <summary>Groups of the user who made the request. Set by the server.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> Groups { get; init; }

    /// <summary>Further attributes of the user who made the request. Set by the server.</summary>
    [Field(6)]
    public partial ApiMap<ApiList<string>> Extra { get; init; }
}
