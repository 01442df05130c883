using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Bounds for a namespace.</summary>
[ApiType("io.k8s.api.core.v1.ResourceQuotaSpec")]
public sealed partial record ResourceQuotaSpec
{
    /// <summary>Upper bound per resource, such as requests.cpu, pods or count/deployments.apps.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> Hard { get; init; }

    /// <summary>
    /// Restricts the quota to objects that match all of these scopes, such as Terminating or BestEffort. All
    /// objects if empty; immutable.
    /// </summary>
    [Field(2, Enum = typeof(ResourceQuotaScope), List = ListType.Atomic)]
    public partial ApiList<string> Scopes { get; init; }

    /// <summary>Like scopes, with operators and values. Both must match.</summary>
    [Field(3)]
    public partial ScopeSelector? ScopeSelector { get; init; }
}
