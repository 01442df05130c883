using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>A version of an API group in both spellings.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery")]
public sealed partial record GroupVersionForDiscovery
{
    /// <summary>Group and version, such as apps/v1.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string GroupVersion { get; init; }

    /// <summary>Version alone, such as v1.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Version { get; init; }
}
