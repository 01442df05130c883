using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>The rules that several kinds of this group share.</summary>
public static class StorageRules
{
    private const int ParametersMaxCount = 512;
    private const int ParametersMaxBytes = 256 * 1024;
    private const int DriverNameMaxLength = 63;

    /// <summary>The name of a driver: a DNS subdomain in any case, at most 63 characters.</summary>
    public static void ValidateDriverName(string name, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        if (name.Length > DriverNameMaxLength)
        {
            errors.TooLong(path, DriverNameMaxLength);
        }

        errors.Invalid(ContentRules.Dns1123Subdomain(name.ToLowerInvariant()), path, name);
    }

    internal static void ValidateProvisioner(string provisioner, FieldPath path, FieldErrors errors)
    {
        if (provisioner.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        string name = provisioner.ToLowerInvariant();
        errors.Invalid(ContentRules.QualifiedName(name), path, name);
    }

    internal static void ValidateParameters(ApiMap<string> parameters, bool allowEmpty, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("parameters");
        if (parameters.Count > ParametersMaxCount)
        {
            errors.TooLong(path, ParametersMaxCount);
            return;
        }

        long size = 0;
        foreach (KeyValuePair<string, string> pair in parameters)
        {
            if (pair.Key.Length == 0)
            {
                errors.Invalid(path, "", "field can not be empty.");
            }

            size += pair.Key.Length + pair.Value.Length;
        }

        if (size > ParametersMaxBytes)
        {
            errors.TooLong(path, ParametersMaxBytes);
        }

        if (!allowEmpty && parameters.Count == 0)
        {
            errors.Required(path, "must contain at least one key/value pair");
        }
    }
}
