using Keelson.Api.Kinds;

namespace Keelson.Api.Events.V1;

public sealed partial record Event
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static string DefaultPropagation => "Unsupported";

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Event>> SelectableFields { get; } =
    [
        new("regarding.kind", obj => obj.Regarding.Kind),
        new("regarding.namespace", obj => obj.Regarding.Namespace),
        new("regarding.name", obj => obj.Regarding.Name),
        new("regarding.uid", obj => obj.Regarding.Uid),
        new("regarding.apiVersion", obj => obj.Regarding.ApiVersion),
        new("regarding.resourceVersion", obj => obj.Regarding.ResourceVersion),
        new("regarding.fieldPath", obj => obj.Regarding.FieldPath),
        new("reason", obj => obj.Reason),
        new("reportingController", obj => obj.ReportingController),
        new("type", obj => obj.Type),
    ];
}
