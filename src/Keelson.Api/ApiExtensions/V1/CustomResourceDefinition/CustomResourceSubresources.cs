using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Subresources of a custom resource.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources")]
public sealed partial record CustomResourceSubresources
{
    /// <summary>
    /// Serves status separately: it is then changed only through /status, and all else only through the main
    /// resource.
    /// </summary>
    [Field(1)]
    public partial CustomResourceSubresourceStatus? Status { get; init; }

    /// <summary>Serves /scale, for kubectl scale and autoscaling.</summary>
    [Field(2)]
    public partial CustomResourceSubresourceScale? Scale { get; init; }
}
