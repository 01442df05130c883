using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>State of a namespace.</summary>
[ApiType("io.k8s.api.core.v1.NamespaceStatus")]
public sealed partial record NamespaceStatus
{
    /// <summary>Active, or Terminating once it has been deleted.</summary>
    [Field(1, Enum = typeof(NamespacePhase))]
    public partial string Phase { get; init; }

    /// <summary>Observations on the progress of its removal, one entry per type.</summary>
    [Field(2, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<NamespaceCondition> Conditions { get; init; }
}
