using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record Event
{
    private const int ShortTextMax = 128;
    private const int MessageMax = 1024;

    /// <summary>
    /// Checks that the event fits its namespace. Events with an event time come from newer clients and have to be complete.
    /// </summary>
    public static void Validate(Event obj, FieldErrors errors)
    {
        string involved = obj.InvolvedObject.Namespace;
        string own = obj.Metadata.Namespace;
        bool old = obj.EventTime.IsZero;

        // Objects without a namespace have their events in default; newer clients may use kube-system too.
        bool fits = involved.Length > 0
            ? !old || own == involved
            : own is "default" || (old ? own.Length == 0 : own is "kube-system");
        if (!fits)
        {
            errors.Invalid(FieldPath.Of("involvedObject").Child("namespace"), involved, "does not match event.namespace");
        }

        if (!old)
        {
            ValidateNewStyle(obj, errors);
        }

        errors.Invalid(ContentRules.Dns1123Subdomain(own), FieldPath.Of("namespace"), own);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Event obj, Event old, FieldErrors errors) => Validate(obj, errors);

    private static void ValidateNewStyle(Event obj, FieldErrors errors)
    {
        if (obj.ReportingComponent.Length == 0)
        {
            errors.Required(FieldPath.Of("reportingController"), "");
        }

        errors.Invalid(ContentRules.QualifiedName(obj.ReportingComponent), FieldPath.Of("reportingController"), obj.ReportingComponent);
        RequireShort(obj.ReportingInstance, "reportingInstance", errors);
        RequireShort(obj.Action, "action", errors);
        RequireShort(obj.Reason, "reason", errors);
        AtMost(obj.Message, MessageMax, "message", errors);
    }

    private static void RequireShort(string text, string field, FieldErrors errors)
    {
        if (text.Length == 0)
        {
            errors.Required(FieldPath.Of(field), "");
        }

        AtMost(text, ShortTextMax, field, errors);
    }

    private static void AtMost(string text, int most, string field, FieldErrors errors)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) > most)
        {
            errors.Invalid(FieldPath.Of(field), "", $"can have at most {most} characters");
        }
    }
}
