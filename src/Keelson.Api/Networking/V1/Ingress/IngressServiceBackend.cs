using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Service and port that receive traffic.</summary>
[ApiType("io.k8s.api.networking.v1.IngressServiceBackend")]
public sealed partial record IngressServiceBackend
{
    /// <summary>Name of the service, which must be in the same namespace as the ingress.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Port of the service, by name or number. Required.</summary>
    [Field(2)]
    public partial ServiceBackendPort Port { get; init; }
}
