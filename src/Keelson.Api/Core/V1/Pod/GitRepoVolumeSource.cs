using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated and disabled: a checkout of a git repository.</summary>
[ApiType("io.k8s.api.core.v1.GitRepoVolumeSource")]
public sealed partial record GitRepoVolumeSource
{
    /// <summary>Address of the repository.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Repository { get; init; }

    /// <summary>Commit to check out.</summary>
    [Field(2)]
    public partial string Revision { get; init; }

    /// <summary>Directory to clone into, without .. elements.</summary>
    [Field(3)]
    public partial string Directory { get; init; }
}
