using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a file share of Azure.</summary>
[ApiType("io.k8s.api.core.v1.AzureFileVolumeSource")]
public sealed partial record AzureFileVolumeSource
{
    /// <summary>Secret with account name and key.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string SecretName { get; init; }

    /// <summary>Name of the share.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string ShareName { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(3)]
    public partial bool ReadOnly { get; init; }
}
