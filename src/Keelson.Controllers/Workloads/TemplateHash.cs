using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;

namespace Keelson.Controllers.Workloads;

/// <summary>Short names for pod templates: equal templates, equal names.</summary>
internal static class TemplateHash
{
    /// <summary>The label and name suffix that tells replica sets of a deployment apart.</summary>
    public const string Label = "pod-template-hash";

    /// <summary>Letters and digits of generated names: no vowels, so that no words come out.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The name of a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="collisions">How often the name was found taken by another template.</param>
    public static string Of(PodTemplateSpec template, int? collisions)
    {
        JsonBuffer json = new();
        template.WriteJson(json);
        return Of(json.Written, collisions);
    }

    /// <summary>The name of some bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes, int? collisions)
    {
        const uint Offset = 2166136261;
        const uint Prime = 16777619;
        uint hash = Offset;
        foreach (byte one in bytes)
        {
            hash = (hash ^ one) * Prime;
        }

        for (int rest = collisions ?? 0; rest > 0; rest >>= 8)
        {
            hash = (hash ^ (uint)(rest & 255)) * Prime;
        }

        string digits = hash.ToString(CultureInfo.InvariantCulture);
        return string.Create(digits.Length, digits, static (text, source) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[source[i] % Alphabet.Length];
            }
        });
    }

    /// <summary>True when two templates are equal but for the label that names them.</summary>
    public static bool Equal(PodTemplateSpec left, PodTemplateSpec right) => Bare(left).Equals(Bare(right));

    private static PodTemplateSpec Bare(PodTemplateSpec template)
    {
        ObjectMeta meta = template.Metadata;
        return meta.Labels.ContainsKey(Label)
            ? template with { Metadata = meta with { Labels = meta.Labels.Without(Label) } }
            : template;
    }
}
