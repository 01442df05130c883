using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

/// <summary>Outcome of a signing request.</summary>
[ApiType("io.k8s.api.certificates.v1.CertificateSigningRequestStatus")]
public sealed partial record CertificateSigningRequestStatus
{
    /// <summary>Decisions and failures, one per type.</summary>
    [Field(1, List = ListType.Map, Keys = "type")]
    public partial ApiList<CertificateSigningRequestCondition> Conditions { get; init; }

    /// <summary>
    /// Issued certificate chain in PEM, base64-encoded in JSON. Set by the signer and then immutable.
    /// </summary>
    [Field(2)]
    public partial Bytes Certificate { get; init; }
}
