using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Blueprint from which controllers create pods.</summary>
[ApiType("io.k8s.api.core.v1.PodTemplateSpec")]
public sealed partial record PodTemplateSpec
{
    /// <summary>Labels, annotations and further metadata to put on the created pods.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The spec the created pods get.</summary>
    [Field(2)]
    public partial PodSpec Spec { get; init; }
}
