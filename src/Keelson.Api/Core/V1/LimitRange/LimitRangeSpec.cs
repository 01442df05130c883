using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Bounds for several kinds of objects.</summary>
[ApiType("io.k8s.api.core.v1.LimitRangeSpec")]
public sealed partial record LimitRangeSpec
{
    /// <summary>The bounds that are enforced.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<LimitRangeItem> Limits { get; init; }
}
