using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One source of a projected volume. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.VolumeProjection")]
public sealed partial record VolumeProjection
{
    /// <summary>Keys of a Secret.</summary>
    [Field(1)]
    public partial SecretProjection? Secret { get; init; }

    /// <summary>Information about the pod.</summary>
    [Field(2)]
    public partial DownwardAPIProjection? DownwardAPI { get; init; }

    /// <summary>Keys of a ConfigMap.</summary>
    [Field(3)]
    public partial ConfigMapProjection? ConfigMap { get; init; }

    /// <summary>A token of the service account of the pod, limited in time and audience.</summary>
    [Field(4)]
    public partial ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    /// <summary>CA certificates from ClusterTrustBundle objects, kept up to date.</summary>
    [Field(5)]
    public partial ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }

    /// <summary>A private key and a certificate issued for this pod, renewed automatically.</summary>
    [Field(6)]
    public partial PodCertificateProjection? PodCertificate { get; init; }
}
