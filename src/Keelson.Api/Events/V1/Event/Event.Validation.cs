using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Stored = Keelson.Api.Core.V1.Event;

namespace Keelson.Api.Events.V1;

/// <summary>
/// Events of this version have to be of the new style and hardly change once written. The fields in errors are those of the
/// stored version.
/// </summary>
public sealed partial record Event
{
    private const string Immutable = "field is immutable";

    /// <inheritdoc/>
    public static void Validate(Event obj, FieldErrors errors)
    {
        Stored.Validate(ToStored(obj), errors);
        ValidateSeries(obj.Series, errors);
        if (obj.EventTime.IsZero)
        {
            errors.Required(FieldPath.Of("eventTime"), "");
        }

        if (obj.Type is not ("Normal" or "Warning"))
        {
            errors.Invalid(FieldPath.Of("type"), "", $"has invalid value: {obj.Type}");
        }

        Unset(obj.DeprecatedFirstTimestamp.IsZero, "firstTimestamp", errors);
        Unset(obj.DeprecatedLastTimestamp.IsZero, "lastTimestamp", errors);
        Unset(obj.DeprecatedCount == 0, "count", errors);
        Unset(obj.DeprecatedSource is { Component: "", Host: "" }, "source", errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Event obj, Event old, FieldErrors errors)
    {
        Stored.Validate(ToStored(obj), errors);
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (obj.Series != old.Series)
        {
            ValidateSeries(obj.Series, errors);
        }

        Unchanged(obj.Regarding == old.Regarding, "involvedObject", Render(obj.Regarding), errors);
        Unchanged(obj.Reason == old.Reason, "reason", FieldErrors.Quote(obj.Reason), errors);
        Unchanged(obj.Note == old.Note, "message", FieldErrors.Quote(obj.Note), errors);
        Unchanged(obj.DeprecatedSource == old.DeprecatedSource, "source", Render(obj.DeprecatedSource), errors);
        Unchanged(obj.DeprecatedFirstTimestamp == old.DeprecatedFirstTimestamp, "firstTimestamp", Render(obj.DeprecatedFirstTimestamp), errors);
        Unchanged(obj.DeprecatedLastTimestamp == old.DeprecatedLastTimestamp, "lastTimestamp", Render(obj.DeprecatedLastTimestamp), errors);
        Unchanged(obj.DeprecatedCount == old.DeprecatedCount, "count", ErrorValue.Json(obj.DeprecatedCount), errors);
        Unchanged(obj.Reason == old.Reason, "reason", FieldErrors.Quote(obj.Reason), errors);
        Unchanged(obj.Type == old.Type, "type", FieldErrors.Quote(obj.Type), errors);
        Unchanged(obj.EventTime == old.EventTime, "eventTime", obj.EventTime.IsZero ? "null" : $"\"{obj.EventTime}\"", errors);
        Unchanged(obj.Action == old.Action, "action", FieldErrors.Quote(obj.Action), errors);
        Unchanged(obj.Related == old.Related, "related", obj.Related is null ? "null" : Render(obj.Related), errors);
        Unchanged(obj.ReportingController == old.ReportingController, "reportingController", FieldErrors.Quote(obj.ReportingController), errors);
        Unchanged(obj.ReportingInstance == old.ReportingInstance, "reportingInstance", FieldErrors.Quote(obj.ReportingInstance), errors);
    }

    private static void ValidateSeries(EventSeries? series, FieldErrors errors)
    {
        if (series is null)
        {
            return;
        }

        if (series.Count < 2)
        {
            errors.Invalid(FieldPath.Of("series.count"), "", "should be at least 2");
        }

        if (series.LastObservedTime.IsZero)
        {
            errors.Required(FieldPath.Of("series.lastObservedTime"), "");
        }
    }

    private static void Unset(bool isUnset, string field, FieldErrors errors)
    {
        if (!isUnset)
        {
            errors.Invalid(FieldPath.Of(field), "", "needs to be unset");
        }
    }

    private static void Unchanged(bool isUnchanged, string field, string rendered, FieldErrors errors)
    {
        if (!isUnchanged)
        {
            errors.InvalidRaw(FieldPath.Of(field), rendered, Immutable);
        }
    }

    private static string Render(Time time) => time.IsZero ? "null" : $"\"{time}\"";

    private static string Render(EventSource source) => ErrorValue.Object(
        ("Component", ErrorValue.Json(source.Component)), ("Host", ErrorValue.Json(source.Host)));

    private static string Render(ObjectReference reference) => ErrorValue.Object(
        ("Kind", ErrorValue.Json(reference.Kind)),
        ("Namespace", ErrorValue.Json(reference.Namespace)),
        ("Name", ErrorValue.Json(reference.Name)),
        ("UID", ErrorValue.Json(reference.Uid)),
        ("APIVersion", ErrorValue.Json(reference.ApiVersion)),
        ("ResourceVersion", ErrorValue.Json(reference.ResourceVersion)),
        ("FieldPath", ErrorValue.Json(reference.FieldPath)));
}
