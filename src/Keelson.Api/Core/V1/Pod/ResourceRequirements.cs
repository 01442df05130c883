using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Amounts of compute resources that are guaranteed and permitted.</summary>
[ApiType("io.k8s.api.core.v1.ResourceRequirements")]
public sealed partial record ResourceRequirements
{
    /// <summary>
    /// Upper bound per resource. Going over it throttles the container in the case of cpu and gets it killed in the
    /// case of memory.
    /// </summary>
    [Field(1)]
    public partial ApiMap<Quantity> Limits { get; init; }

    /// <summary>
    /// Amount per resource that is reserved when the pod is scheduled. Defaults to the limit where only that is
    /// given. Must not exceed it.
    /// </summary>
    [Field(2)]
    public partial ApiMap<Quantity> Requests { get; init; }

    /// <summary>
    /// Entries of spec.resourceClaims of the pod that this container uses. Not allowed at pod level; immutable.
    /// </summary>
    [Field(3, List = ListType.Map, Keys = "name")]
    public partial ApiList<ResourceClaim> Claims { get; init; }
}
