using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>
/// CA certificates from ClusterTrustBundle objects as one PEM file, without duplicates and in arbitrary order.
/// Either name, or signerName with labelSelector, picks the objects.
/// </summary>
[ApiType("io.k8s.api.core.v1.ClusterTrustBundleProjection")]
public sealed partial record ClusterTrustBundleProjection
{
    /// <summary>One ClusterTrustBundle by its name. Cannot be combined with signerName and labelSelector.</summary>
    [Field(1)]
    public partial string? Name { get; init; }

    /// <summary>All bundles of this signer that also match labelSelector.</summary>
    [Field(2)]
    public partial string? SignerName { get; init; }

    /// <summary>
    /// Narrows the bundles of signerName. An empty selector matches all of them, an absent one none.
    /// </summary>
    [Field(3)]
    public partial LabelSelector? LabelSelector { get; init; }

    /// <summary>
    /// If true the pod starts even if no bundle is found, with an empty file in case of a signer. Defaults to
    /// false.
    /// </summary>
    [Field(5)]
    public partial bool? Optional { get; init; }

    /// <summary>Relative path of the file.</summary>
    [Field(4, Always = true, Required = true)]
    public partial string Path { get; init; }
}
