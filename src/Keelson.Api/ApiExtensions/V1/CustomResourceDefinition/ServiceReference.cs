using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Service that implements a webhook.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference")]
public sealed partial record ServiceReference
{
    /// <summary>Namespace of the service.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Namespace { get; init; }

    /// <summary>Name of the service.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>URL path of the calls.</summary>
    [Field(3)]
    public partial string? Path { get; init; }

    /// <summary>Port of the service. Defaults to 443.</summary>
    [Field(4)]
    public partial int? Port { get; init; }
}
