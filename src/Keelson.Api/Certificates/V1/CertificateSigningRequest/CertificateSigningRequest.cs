using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Certificates.V1;

/// <summary>Asks for an X.509 certificate and carries the approval and the result.</summary>
[ApiType("io.k8s.api.certificates.v1.CertificateSigningRequest")]
[Kind(
    "certificates.k8s.io",
    "v1",
    "certificatesigningrequests",
    Singular = "certificatesigningrequest",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "csr",
    StoragePrefix = "certificatesigningrequests")]
public sealed partial record CertificateSigningRequest : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The request. Immutable once created.</summary>
    [Field(2, Always = true, Required = true)]
    public partial CertificateSigningRequestSpec Spec { get; init; }

    /// <summary>Approval or denial, and the certificate.</summary>
    [Field(3)]
    public partial CertificateSigningRequestStatus Status { get; init; }
}
