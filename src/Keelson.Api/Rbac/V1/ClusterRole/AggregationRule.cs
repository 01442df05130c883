using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Rbac.V1;

/// <summary>How a cluster role is assembled from other cluster roles.</summary>
[ApiType("io.k8s.api.rbac.v1.AggregationRule")]
public sealed partial record AggregationRule
{
    /// <summary>
    /// Label selectors; the rules of every cluster role that matches any of them are merged into this one.
    /// </summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<LabelSelector> ClusterRoleSelectors { get; init; }
}
