using Keelson.Api.Kinds;

namespace Keelson.Api.ApiRegistration.V1;

/// <summary>Service that serves an aggregated API.</summary>
[ApiType("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference")]
public sealed partial record ServiceReference
{
    /// <summary>Namespace of the service.</summary>
    [Field(1)]
    public partial string Namespace { get; init; }

    /// <summary>Name of the service.</summary>
    [Field(2)]
    public partial string Name { get; init; }

    /// <summary>Port of the service, from 1 to 65535. Defaults to 443.</summary>
    [Field(3)]
    public partial int? Port { get; init; }
}
