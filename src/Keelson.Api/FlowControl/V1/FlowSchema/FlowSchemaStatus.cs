using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Observed state of a flow schema.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.FlowSchemaStatus")]
public sealed partial record FlowSchemaStatus
{
    /// <summary>Latest observations, at most one per type.</summary>
    [Field(1, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<FlowSchemaCondition> Conditions { get; init; }
}
