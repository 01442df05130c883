using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

/// <summary>Contents of the claims made from a template.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaimTemplateSpec")]
public sealed partial record ResourceClaimTemplateSpec
{
    /// <summary>Labels and annotations given to the claims.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Contents of each claim, taken over unchanged.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ResourceClaimSpec Spec { get; init; }
}
