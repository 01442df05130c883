using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Where the scale subresource finds its values.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale")]
public sealed partial record CustomResourceSubresourceScale
{
    /// <summary>JSON path of the wanted number of replicas, under .spec, without array notation.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string SpecReplicasPath { get; init; }

    /// <summary>JSON path of the present number of replicas, under .status, without array notation.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string StatusReplicasPath { get; init; }

    /// <summary>
    /// JSON path of the label selector in string form, under .status or .spec; needed for autoscaling.
    /// </summary>
    [Field(3)]
    public partial string? LabelSelectorPath { get; init; }
}
