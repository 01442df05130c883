using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ConfigMap
{
    /// <summary>All values of a config map or of a secret together: 1 MiB.</summary>
    internal const int MaxBytes = 1024 * 1024;

    private const string ImmutableError = "field is immutable when `immutable` is set";

    /// <inheritdoc/>
    public static void Validate(ConfigMap obj, FieldErrors errors)
    {
        long bytes = 0;
        foreach (KeyValuePair<string, string> entry in obj.Data)
        {
            ValidateKey(entry.Key, "data", errors);
            if (obj.BinaryData.ContainsKey(entry.Key))
            {
                errors.Invalid(FieldPath.Of("data").Key(entry.Key), entry.Key, "duplicate of key present in binaryData");
            }

            bytes += System.Text.Encoding.UTF8.GetByteCount(entry.Value);
        }

        foreach (KeyValuePair<string, Bytes> entry in obj.BinaryData)
        {
            ValidateKey(entry.Key, "binaryData", errors);
            bytes += entry.Value.Length;
        }

        if (bytes > MaxBytes)
        {
            errors.TooLong(FieldPath.Of(""), MaxBytes);
        }
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(ConfigMap obj, ConfigMap old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (old.Immutable == true)
        {
            if (obj.Immutable != true)
            {
                errors.Forbidden(FieldPath.Of("immutable"), ImmutableError);
            }

            if (obj.Data != old.Data)
            {
                errors.Forbidden(FieldPath.Of("data"), ImmutableError);
            }

            if (obj.BinaryData != old.BinaryData)
            {
                errors.Forbidden(FieldPath.Of("binaryData"), ImmutableError);
            }
        }

        ObjectMetaRules.Validate(obj.Metadata, namespaced: true, Kinds.NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        Validate(obj, errors);
    }

    private static void ValidateKey(string key, string field, FieldErrors errors)
    {
        foreach (string message in ContentRules.ConfigMapKey(key))
        {
            errors.Invalid(FieldPath.Of(field).Key(key), key, message);
        }
    }
}
