using Stored = Keelson.Api.Core.V1.Event;
using StoredSeries = Keelson.Api.Core.V1.EventSeries;

namespace Keelson.Api.Events.V1;

/// <summary>Both versions carry the same facts under different names.</summary>
public sealed partial record Event
{
    /// <inheritdoc cref="Kinds.IConvertedKind{T, TStored}.ToStored"/>
    public static Stored ToStored(Event obj) => Stored.Empty with
    {
        Metadata = obj.Metadata,
        InvolvedObject = obj.Regarding,
        Reason = obj.Reason,
        Message = obj.Note,
        Source = obj.DeprecatedSource,
        FirstTimestamp = obj.DeprecatedFirstTimestamp,
        LastTimestamp = obj.DeprecatedLastTimestamp,
        Count = obj.DeprecatedCount,
        Type = obj.Type,
        EventTime = obj.EventTime,
        Series = obj.Series is { } series
            ? StoredSeries.Empty with { Count = series.Count, LastObservedTime = series.LastObservedTime }
            : null,
        Action = obj.Action,
        Related = obj.Related,
        ReportingComponent = obj.ReportingController,
        ReportingInstance = obj.ReportingInstance,
    };

    /// <inheritdoc cref="Kinds.IConvertedKind{T, TStored}.FromStored"/>
    public static Event FromStored(Stored stored) => Empty with
    {
        Metadata = stored.Metadata,
        Regarding = stored.InvolvedObject,
        Reason = stored.Reason,
        Note = stored.Message,
        DeprecatedSource = stored.Source,
        DeprecatedFirstTimestamp = stored.FirstTimestamp,
        DeprecatedLastTimestamp = stored.LastTimestamp,
        DeprecatedCount = stored.Count,
        Type = stored.Type,
        EventTime = stored.EventTime,
        Series = stored.Series is { } series
            ? EventSeries.Empty with { Count = series.Count, LastObservedTime = series.LastObservedTime }
            : null,
        Action = stored.Action,
        Related = stored.Related,
        ReportingController = stored.ReportingComponent,
        ReportingInstance = stored.ReportingInstance,
    };
}
