using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: ConfigMap with a former dynamic kubelet configuration.</summary>
[ApiType("io.k8s.api.core.v1.ConfigMapNodeConfigSource")]
public sealed partial record ConfigMapNodeConfigSource
{
    /// <summary>Its namespace.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Namespace { get; init; }

    /// <summary>Its name.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Its UID; only in status.</summary>
    [Field(3, GoType = "types.UID")]
    public partial string Uid { get; init; }

    /// <summary>Its resource version; only in status.</summary>
    [Field(4)]
    public partial string ResourceVersion { get; init; }

    /// <summary>Key that holds the configuration.</summary>
    [Field(5, Always = true, Required = true)]
    public partial string KubeletConfigKey { get; init; }
}
