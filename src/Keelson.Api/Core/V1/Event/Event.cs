using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A report about something that happened to an object. Kept for a limited time and not guaranteed.
/// </summary>
[ApiType("io.k8s.api.core.v1.Event")]
[Kind(
    "",
    "v1",
    "events",
    Singular = "event",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ev",
    StoragePrefix = "events")]
public sealed partial record Event : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1, Always = true, Required = true)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The object the event is about.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ObjectReference InvolvedObject { get; init; }

    /// <summary>Short CamelCase word for what happened.</summary>
    [Field(3)]
    public partial string Reason { get; init; }

    /// <summary>Readable description of what happened.</summary>
    [Field(4)]
    public partial string Message { get; init; }

    /// <summary>Component that reported it; superseded by reportingComponent.</summary>
    [Field(5)]
    public partial EventSource Source { get; init; }

    /// <summary>When it happened first.</summary>
    [Field(6)]
    public partial Time FirstTimestamp { get; init; }

    /// <summary>When it happened most recently.</summary>
    [Field(7)]
    public partial Time LastTimestamp { get; init; }

    /// <summary>How often it has happened.</summary>
    [Field(8)]
    public partial int Count { get; init; }

    /// <summary>Normal or Warning; others may be added.</summary>
    [Field(9)]
    public partial string Type { get; init; }

    /// <summary>When it was first observed, in microseconds.</summary>
    [Field(10)]
    public partial MicroTime EventTime { get; init; }

    /// <summary>Set if the event stands for a series of similar ones.</summary>
    [Field(11)]
    public partial EventSeries? Series { get; init; }

    /// <summary>What the reporting component did or failed to do.</summary>
    [Field(12)]
    public partial string Action { get; init; }

    /// <summary>A second object involved, such as the one created.</summary>
    [Field(13)]
    public partial ObjectReference? Related { get; init; }

    /// <summary>Controller that reported it, such as kubernetes.io/kubelet.</summary>
    [Field(14, Always = true)]
    public partial string ReportingComponent { get; init; }

    /// <summary>Instance of that controller, such as the name of its pod or host.</summary>
    [Field(15, Always = true)]
    public partial string ReportingInstance { get; init; }
}
