using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public static partial class PodTemplateRules
{
    /// <summary>Warnings about deprecated or doubtful settings.</summary>
    public static IEnumerable<string> Warnings(PodTemplateSpec template, FieldPath path) =>
        PodWarnings.Of(template.Metadata, template.Spec, path, isPod: false);
}
