using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Certificates.V1;

/// <summary>The names of signers: a domain, a slash and a path of labels.</summary>
internal static class SignerNameRules
{
    private const int DomainMaxLength = 253;

    /// <summary>The path may hold a namespace's name (63), a dot and an object's name (253).</summary>
    private const int NameMaxLength = DomainMaxLength + 1 + 253 + 63 + 1;

    public static void Validate(string name, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        string[] segments = name.Split('/');
        if (segments.Length != 2)
        {
            errors.Invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        if (segments[0].Length > DomainMaxLength)
        {
            errors.TooLong(path, DomainMaxLength);
        }

        string[] labels = segments[0].Split('.');
        ValidateLabels(labels, ContentRules.Dns1123Label, segments[0], path, errors);
        if (labels.Length < 2)
        {
            errors.Invalid(path, segments[0], "should be a domain with at least two segments separated by dots");
        }

        ValidateLabels(segments[1].Split('.'), ContentRules.Dns1123Subdomain, segments[1], path, errors);
        if (name.Length > NameMaxLength)
        {
            errors.TooLong(path, NameMaxLength);
        }
    }

    private static void ValidateLabels(
        string[] labels, Func<string, IEnumerable<string>> rule, string segment, FieldPath path, FieldErrors errors)
    {
        // One bad label is enough: the texts of the next ones could hardly be told apart.
        int before = errors.Count;
        foreach (string label in labels)
        {
            errors.Invalid(rule(label).Select(one => $"validating label {GoText.Quote(label)}: {one}"), path, segment);
            if (errors.Count > before)
            {
                return;
            }
        }
    }
}
