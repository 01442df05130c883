using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Events.V1;

/// <summary>Repetitions of an event.</summary>
[ApiType("io.k8s.api.events.v1.EventSeries")]
public sealed partial record EventSeries
{
    /// <summary>How often it has occurred so far.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Count { get; init; }

    /// <summary>When it was last seen.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MicroTime LastObservedTime { get; init; }
}
