using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PodTemplate
{
    private static readonly FieldPath TemplatePath = FieldPath.Of("template");

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Containers", "The names of the containers."),
        TableColumn.Text("Images", "The images of the containers."),
        TableColumn.Text("Pod Labels", "The labels of the pods to be made."),
    ];

    /// <inheritdoc/>
    public static PodTemplate SetDefaults(PodTemplate obj) =>
        obj with { Template = PodTemplateRules.SetDefaults(obj.Template) };

    /// <inheritdoc/>
    public static PodTemplate PrepareForCreate(PodTemplate obj, WriteContext context) =>
        obj with { Metadata = obj.Metadata with { Generation = 1 } };

    /// <inheritdoc/>
    public static PodTemplate PrepareForUpdate(PodTemplate obj, PodTemplate old, WriteContext context)
    {
        long generation = old.Metadata.Generation + (obj.Template == old.Template ? 0 : 1);
        return obj with { Metadata = obj.Metadata with { Generation = generation } };
    }

    /// <inheritdoc/>
    public static void Validate(PodTemplate obj, FieldErrors errors) =>
        PodTemplateRules.Validate(obj.Template, TemplatePath, errors);

    /// <inheritdoc/>
    public static void ValidateUpdate(PodTemplate obj, PodTemplate old, FieldErrors errors) =>
        PodTemplateRules.Validate(obj.Template, TemplatePath, errors, old.Template);

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(PodTemplate obj, PodTemplate? old) =>
        PodTemplateRules.Warnings(obj.Template, TemplatePath);

    /// <inheritdoc/>
    public static object?[] Cells(PodTemplate obj, TableContext context) =>
    [
        obj.Metadata.Name,
        string.Join(',', obj.Template.Spec.Containers.Select(one => one.Name)),
        string.Join(',', obj.Template.Spec.Containers.Select(one => one.Image)),
        Labels(obj),
    ];

    private static string Labels(PodTemplate obj) => obj.Template.Metadata.Labels.Count == 0
        ? "<none>"
        : string.Join(',', obj.Template.Metadata.Labels.Select(one => $"{one.Key}={one.Value}"));
}
