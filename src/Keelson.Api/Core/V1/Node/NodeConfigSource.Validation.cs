using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on what a node says about its configuration. Nothing reads it any more, old objects may have it.</summary>
internal static class NodeConfigRules
{
    private const string ExactlyOne = "exactly one reference subfield must be non-nil";

    /// <summary>The wanted configuration.</summary>
    public static void ValidateSpec(NodeConfigSource source, FieldPath path, FieldErrors errors)
    {
        if (source.ConfigMap is not { } configMap)
        {
            errors.InvalidRaw(path, ErrorValue.Object(("ConfigMap", "null")), ExactlyOne);
            return;
        }

        FieldPath at = path.Child("configMap");
        if (configMap.Uid.Length > 0)
        {
            errors.Forbidden(at.Child("uid"), "uid must not be set in spec");
        }

        if (configMap.ResourceVersion.Length > 0)
        {
            errors.Forbidden(at.Child("resourceVersion"), "resourceVersion must not be set in spec");
        }

        ValidateReference(configMap, at, errors);
    }

    /// <summary>The configurations in use.</summary>
    public static void ValidateStatus(NodeConfigStatus status, FieldPath path, FieldErrors errors)
    {
        ValidateInUse(status.Assigned, path.Child("assigned"), errors);
        ValidateInUse(status.Active, path.Child("active"), errors);
        ValidateInUse(status.LastKnownGood, path.Child("lastKnownGood"), errors);
    }

    private static void ValidateInUse(NodeConfigSource? source, FieldPath path, FieldErrors errors)
    {
        if (source is null)
        {
            return;
        }

        if (source.ConfigMap is not { } configMap)
        {
            errors.InvalidRaw(path, ErrorValue.Object(("ConfigMap", "null")), ExactlyOne);
            return;
        }

        FieldPath at = path.Child("configMap");
        if (configMap.Uid.Length == 0)
        {
            errors.Required(at.Child("uid"), "uid must be set in status");
        }

        if (configMap.ResourceVersion.Length == 0)
        {
            errors.Required(at.Child("resourceVersion"), "resourceVersion must be set in status");
        }

        ValidateReference(configMap, at, errors);
    }

    private static void ValidateReference(ConfigMapNodeConfigSource configMap, FieldPath path, FieldErrors errors)
    {
        Validate(configMap.Namespace, "namespace", value => NameRules.DnsLabel(value, false), path, errors);
        Validate(configMap.Name, "name", value => NameRules.DnsSubdomain(value, false), path, errors);
        Validate(configMap.KubeletConfigKey, "kubeletConfigKey", ContentRules.ConfigMapKey, path, errors);
    }

    private static void Validate(
        string value, string field, Func<string, IEnumerable<string>> rule, FieldPath path, FieldErrors errors)
    {
        if (value.Length == 0)
        {
            errors.Required(path.Child(field), field + " must be set");
            return;
        }

        errors.Invalid(rule(value), path, field, value);
    }
}
