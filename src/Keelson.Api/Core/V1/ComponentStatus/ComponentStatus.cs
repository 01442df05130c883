using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: health of a control plane component.</summary>
[ApiType("io.k8s.api.core.v1.ComponentStatus")]
[Kind(
    "",
    "v1",
    "componentstatuses",
    Singular = "componentstatus",
    Verbs = "get,list",
    ShortNames = "cs")]
public sealed partial record ComponentStatus : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Observations about the component.</summary>
    [Field(2, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<ComponentCondition> Conditions { get; init; }
}
