using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

public sealed partial record DaemonSet
{
    /// <summary>
    /// Where upstream keeps the generation of the template, which was a field before apps/v1. Users can't change it.
    /// </summary>
    public const string TemplateGenerationAnnotation = "deprecated.daemonset.template.generation";

    /// <inheritdoc cref="IKind{T}.Subresources"/>
    public static IReadOnlyList<SubresourceStrategy<DaemonSet>> Subresources { get; } =
        [new("status", PrepareStatus, ValidateStatus, ["spec"])];

    /// <inheritdoc cref="IKind{T}.ResetFields"/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static DaemonSet PrepareForCreate(DaemonSet obj, WriteContext context) => obj with
    {
        Metadata = WithTemplateGeneration(
            WorkloadRules.FirstGeneration(obj.Metadata), Math.Max(1, TemplateGeneration(obj.Metadata))),
        Status = DaemonSetStatus.Empty,
    };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static DaemonSet PrepareForUpdate(DaemonSet obj, DaemonSet old, WriteContext context)
    {
        bool newTemplate = !obj.Spec.Template.Equals(old.Spec.Template);
        ObjectMeta metadata = WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, !obj.Spec.Equals(old.Spec));
        return obj with
        {
            Metadata = WithTemplateGeneration(metadata, TemplateGeneration(old.Metadata) + (newTemplate ? 1 : 0)),
            Status = old.Status,
        };
    }

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(DaemonSet obj, DaemonSet? old) =>
        WorkloadRules.Warnings(obj, old, obj.Spec.Template, warnsOfName: false);

    private static DaemonSet PrepareStatus(DaemonSet obj, DaemonSet old, WriteContext context) => obj with
    {
        Metadata = WithTemplateGeneration(
            WorkloadRules.NextGeneration(obj.Metadata, old.Metadata, changed: false), TemplateGeneration(old.Metadata)),
        Spec = old.Spec,
    };

    private static long TemplateGeneration(ObjectMeta metadata) =>
        metadata.Annotations.TryGetValue(TemplateGenerationAnnotation, out string? text)
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long generation)
            ? generation
            : 0;

    private static ObjectMeta WithTemplateGeneration(ObjectMeta metadata, long generation)
    {
        string text = generation.ToString(CultureInfo.InvariantCulture);
        return metadata.Annotations.GetValueOrDefault(TemplateGenerationAnnotation) == text
            ? metadata
            : metadata with { Annotations = metadata.Annotations.With(TemplateGenerationAnnotation, text) };
    }
}
