using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Nodes from which a volume can be reached.</summary>
[ApiType("io.k8s.api.core.v1.VolumeNodeAffinity")]
public sealed partial record VolumeNodeAffinity
{
    /// <summary>Conditions that such a node meets.</summary>
    [Field(1)]
    public partial NodeSelector? Required { get; init; }
}
