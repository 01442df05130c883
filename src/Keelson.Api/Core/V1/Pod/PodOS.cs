using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>The operating system a pod is made for.</summary>
[ApiType("io.k8s.api.core.v1.PodOS")]
public sealed partial record PodOS
{
    /// <summary>linux or windows. Other values may appear in future and must be tolerated by clients.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.OSName")]
    public partial string Name { get; init; }
}
