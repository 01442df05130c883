using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Secret
{
    internal const string TlsCertificateKey = "tls.crt";
    internal const string TlsPrivateKeyKey = "tls.key";

    private const string ServiceAccountNameAnnotation = "kubernetes.io/service-account.name";
    private const string ImmutableError = "field is immutable when `immutable` is set";

    /// <inheritdoc/>
    public static void Validate(Secret obj, FieldErrors errors)
    {
        FieldPath data = FieldPath.Of("data");
        long bytes = 0;
        foreach (KeyValuePair<string, Bytes> entry in obj.Data)
        {
            foreach (string message in ContentRules.ConfigMapKey(entry.Key))
            {
                errors.Invalid(data.Key(entry.Key), entry.Key, message);
            }

            bytes += entry.Value.Length;
        }

        if (bytes > ConfigMap.MaxBytes)
        {
            errors.TooLong(data, ConfigMap.MaxBytes);
        }

        ValidateType(obj, data, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Secret obj, Secret old, FieldErrors errors)
    {
        ObjectMetaRules.ValidateUpdate(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (obj.Type != old.Type)
        {
            errors.Invalid(FieldPath.Of("type"), obj.Type, "field is immutable");
        }

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
        }

        ObjectMetaRules.Validate(obj.Metadata, namespaced: true, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        Validate(obj, errors);
    }

    private static void ValidateType(Secret obj, FieldPath data, FieldErrors errors)
    {
        switch (obj.Type)
        {
            case SecretType.KubernetesIoServiceAccountToken:
                if (string.IsNullOrEmpty(obj.Metadata.Annotations.GetValueOrDefault(ServiceAccountNameAnnotation)))
                {
                    errors.Required(ObjectMetaRules.Path.Child("annotations").Key(ServiceAccountNameAnnotation), "");
                }

                break;
            case SecretType.KubernetesIoDockercfg:
                ValidateJson(obj, data, ".dockercfg", errors);
                break;
            case SecretType.KubernetesIoDockerconfigjson:
                ValidateJson(obj, data, ".dockerconfigjson", errors);
                break;
            case SecretType.KubernetesIoBasicAuth:
                // One of them may be missing, and either may be empty.
                if (!obj.Data.ContainsKey("username") && !obj.Data.ContainsKey("password"))
                {
                    errors.Required(data.Key("username"), "");
                    errors.Required(data.Key("password"), "");
                }

                break;
            case SecretType.KubernetesIoSshAuth:
                if (obj.Data.GetValueOrDefault("ssh-privatekey").Length == 0)
                {
                    errors.Required(data.Key("ssh-privatekey"), "");
                }

                break;
            case SecretType.KubernetesIoTls:
                RequireKey(obj, data, TlsCertificateKey, errors);
                RequireKey(obj, data, TlsPrivateKeyKey, errors);
                break;
        }
    }

    private static bool RequireKey(Secret obj, FieldPath data, string key, FieldErrors errors)
    {
        bool there = obj.Data.ContainsKey(key);
        if (!there)
        {
            errors.Required(data.Key(key), "");
        }

        return there;
    }

    private static void ValidateJson(Secret obj, FieldPath data, string key, FieldErrors errors)
    {
        if (RequireKey(obj, data, key, errors) && JsonObjectError(obj.Data[key]) is { } error)
        {
            errors.Invalid(data.Key(key), "<secret contents redacted>", error);
        }
    }

    /// <summary>Why the text is no JSON object, in the words of Go's decoder; null when it is one.</summary>
    private static string? JsonObjectError(Bytes json)
    {
        try
        {
            JsonDocument.Parse(json.AsMemory()).Dispose();
        }
        catch (JsonException)
        {
            return GoJsonSyntax.Describe(json.AsSpan());
        }

        string type = GoJsonSyntax.TypeName(json.AsSpan());
        return type is "object" or "null" ? null : $"json: cannot unmarshal {type} into Go value of type map[string]interface {{}}";
    }
}
