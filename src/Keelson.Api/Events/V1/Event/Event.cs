using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Events.V1;

/// <summary>
/// Report of something that happened in the cluster. Events are kept only for a short while and are meant as a
/// help, not as a reliable record.
/// </summary>
[ApiType("io.k8s.api.events.v1.Event")]
[Kind(
    "events.k8s.io",
    "v1",
    "events",
    Singular = "event",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ev",
    StoragePrefix = "events",
    StoredAs = typeof(Core.V1.Event))]
public sealed partial record Event : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1, Always = true)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>When the event was first observed.</summary>
    [Field(2, Always = true, Required = true)]
    public partial MicroTime EventTime { get; init; }

    /// <summary>Repetitions of the event, if it belongs to a series.</summary>
    [Field(3)]
    public partial EventSeries? Series { get; init; }

    /// <summary>Name of the controller that reports, such as kubernetes.io/kubelet.</summary>
    [Field(4)]
    public partial string ReportingController { get; init; }

    /// <summary>Instance of that controller, such as its pod name; at most 128 characters.</summary>
    [Field(5)]
    public partial string ReportingInstance { get; init; }

    /// <summary>What was done or failed; at most 128 characters.</summary>
    [Field(6)]
    public partial string Action { get; init; }

    /// <summary>Why it was done, as a short word for programs; at most 128 characters.</summary>
    [Field(7)]
    public partial string Reason { get; init; }

    /// <summary>Object the event is about.</summary>
    [Field(8)]
    public partial ObjectReference Regarding { get; init; }

    /// <summary>Second object involved, if there is one.</summary>
    [Field(9)]
    public partial ObjectReference? Related { get; init; }

    /// <summary>Description for people; at most 1 kB.</summary>
    [Field(10)]
    public partial string Note { get; init; }

    /// <summary>Normal or Warning.</summary>
    [Field(11)]
    public partial string Type { get; init; }

    /// <summary>Remnant of the core Event: component that reported.</summary>
    [Field(12)]
    public partial EventSource DeprecatedSource { get; init; }

    /// <summary>Remnant of the core Event: first occurrence.</summary>
    [Field(13)]
    public partial Time DeprecatedFirstTimestamp { get; init; }

    /// <summary>Remnant of the core Event: latest occurrence.</summary>
    [Field(14)]
    public partial Time DeprecatedLastTimestamp { get; init; }

    /// <summary>Remnant of the core Event: number of occurrences.</summary>
    [Field(15)]
    public partial int DeprecatedCount { get; init; }
}
