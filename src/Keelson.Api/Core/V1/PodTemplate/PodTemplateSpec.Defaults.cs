namespace Keelson.Api.Core.V1;

/// <summary>Defaults, validation and warnings of pod templates, for every kind that makes pods.</summary>
public static partial class PodTemplateRules
{
    /// <summary>The defaults of a template; requests and host ports are filled in only when pods are made of it.</summary>
    public static PodTemplateSpec SetDefaults(PodTemplateSpec template) =>
        template with { Spec = PodSpec.SetDefaults(template.Spec) };
}
