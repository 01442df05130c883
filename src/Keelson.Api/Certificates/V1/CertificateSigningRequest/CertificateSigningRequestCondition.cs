using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Certificates.V1;

/// <summary>Decision on, or failure of, a signing request.</summary>
[ApiType("io.k8s.api.certificates.v1.CertificateSigningRequestCondition")]
public sealed partial record CertificateSigningRequestCondition
{
    /// <summary>
    /// Approved, Denied or Failed. Approved and Denied exclude each other and cannot be withdrawn.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.RequestConditionType")]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown; for Approved, Denied and Failed only True.</summary>
    [Field(6, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>Short word saying why.</summary>
    [Field(2)]
    public partial string Reason { get; init; }

    /// <summary>Text for people with details.</summary>
    [Field(3)]
    public partial string Message { get; init; }

    /// <summary>When the condition was last touched.</summary>
    [Field(4)]
    public partial Time LastUpdateTime { get; init; }

    /// <summary>When the status of the condition last changed; filled in by the server if missing.</summary>
    [Field(5)]
    public partial Time LastTransitionTime { get; init; }
}
