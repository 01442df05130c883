using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Capabilities of the container runtime of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeFeatures")]
public sealed partial record NodeFeatures
{
    /// <summary>Whether the runtime supports supplementalGroupsPolicy and reports the user of containers.</summary>
    [Field(1)]
    public partial bool? SupplementalGroupsPolicy { get; init; }
}
