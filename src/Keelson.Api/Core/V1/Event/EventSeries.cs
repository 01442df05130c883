using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A series of similar events.</summary>
[ApiType("io.k8s.api.core.v1.EventSeries")]
public sealed partial record EventSeries
{
    /// <summary>Number of occurrences so far.</summary>
    [Field(1)]
    public partial int Count { get; init; }

    /// <summary>When the last one was seen.</summary>
    [Field(2)]
    public partial MicroTime LastObservedTime { get; init; }
}
