using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Sends requests whose URL path matches to a backend.</summary>
[ApiType("io.k8s.api.networking.v1.HTTPIngressPath")]
public sealed partial record HTTPIngressPath
{
    /// <summary>
    /// Path to compare with that of the request. It must begin with a slash when pathType is Exact or Prefix.
    /// </summary>
    [Field(1)]
    public partial string Path { get; init; }

    /// <summary>
    /// How the path is compared: Exact requires equality, Prefix compares whole elements between slashes,
    /// ImplementationSpecific leaves it to the ingress controller. Required; all are case-sensitive unless the
    /// controller decides otherwise for the last.
    /// </summary>
    [Field(3, Always = true, Required = true, GoType = "v1.PathType")]
    public partial string? PathType { get; init; }

    /// <summary>Service or resource that receives the matching requests.</summary>
    [Field(2, Always = true, Required = true)]
    public partial IngressBackend Backend { get; init; }
}
