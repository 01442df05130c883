using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Batch.V1;

/// <summary>Job that is created from a template.</summary>
[ApiType("io.k8s.api.batch.v1.JobTemplateSpec")]
public sealed partial record JobTemplateSpec
{
    /// <summary>Metadata, such as labels and annotations, given to each job created from this template.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour of each job created from this template.</summary>
    [Field(2)]
    public partial JobSpec Spec { get; init; }
}
