using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

public sealed partial record Event
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static string DefaultPropagation => "Unsupported";

    /// <inheritdoc/>
    public static IReadOnlyList<SelectableField<Event>> SelectableFields { get; } =
    [
        new("involvedObject.kind", obj => obj.InvolvedObject.Kind),
        new("involvedObject.namespace", obj => obj.InvolvedObject.Namespace),
        new("involvedObject.name", obj => obj.InvolvedObject.Name),
        new("involvedObject.uid", obj => obj.InvolvedObject.Uid),
        new("involvedObject.apiVersion", obj => obj.InvolvedObject.ApiVersion),
        new("involvedObject.resourceVersion", obj => obj.InvolvedObject.ResourceVersion),
        new("involvedObject.fieldPath", obj => obj.InvolvedObject.FieldPath),
        new("reason", obj => obj.Reason),
        new("reportingComponent", obj => obj.ReportingComponent),
        new("source", obj => obj.Source.Component.Length > 0 ? obj.Source.Component : obj.ReportingComponent),
        new("type", obj => obj.Type),
    ];

    /// <summary>Events of this version have always been let through with whatever name fits into a path.</summary>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);
}
