using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record EnvVar
{
    internal static void ValidateAll(ApiList<EnvVar> variables, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < variables.Count; i++)
        {
            FieldPath at = path.Index(i);
            if (variables[i].Name.Length == 0)
            {
                errors.Required(at.Child("name"), "");
            }
            else
            {
                errors.InvalidEach(at.Child("name"), variables[i].Name, ContentRules.EnvVarName(variables[i].Name));
            }

            variables[i].ValueFrom?.Validate(variables[i].Value.Length > 0, at.Child("valueFrom"), errors);
        }
    }
}

public sealed partial record EnvVarSource
{
    internal void Validate(bool hasValue, FieldPath path, FieldErrors errors)
    {
        FieldRef?.Validate(ObjectFieldSelector.FieldsInEnvironment, path.Child("fieldRef"), errors);
        ResourceFieldRef?.Validate(path.Child("resourceFieldRef"), isVolume: false, errors);
        if (ConfigMapKeyRef is { } map)
        {
            ValidateKey(map.LocalObjectReference.Name, map.Key, path.Child("configMapKeyRef"), errors);
        }

        if (SecretKeyRef is { } secret)
        {
            ValidateKey(secret.LocalObjectReference.Name, secret.Key, path.Child("secretKeyRef"), errors);
        }

        FileKeyRef?.Validate(path.Child("fileKeyRef"), errors);
        int sources = Count(FieldRef) + Count(ResourceFieldRef) + Count(ConfigMapKeyRef) + Count(SecretKeyRef)
            + Count(FileKeyRef);
        if (sources == 0)
        {
            errors.Invalid(
                path, "",
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                + "`fileKeyRef`");
        }
        else if (hasValue)
        {
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        }
        else if (sources > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }
    }

    private static int Count(object? source) => source is null ? 0 : 1;

    private static void ValidateKey(string name, string key, FieldPath path, FieldErrors errors)
    {
        errors.Subdomain(path.Child("name"), name);
        if (key.Length == 0)
        {
            errors.Required(path.Child("key"), "");
        }
        else
        {
            errors.InvalidEach(path.Child("key"), key, ContentRules.ConfigMapKey(key));
        }
    }
}

public sealed partial record FileKeySelector
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Key.Length == 0)
        {
            errors.Required(path.Child("key"), "");
        }
        else
        {
            errors.InvalidEach(path.Child("key"), Key, ContentRules.EnvVarName(Key));
        }

        if (VolumeName.Length == 0)
        {
            errors.Required(path.Child("volumeName"), "");
        }
        else
        {
            errors.Label(path.Child("volumeName"), VolumeName);
        }

        if (Path.Length == 0)
        {
            errors.Required(path.Child("path"), "");
        }
        else
        {
            PathRules.NoBacksteps(Path, path.Child("path"), errors);
        }
    }
}

public sealed partial record EnvFromSource
{
    internal static void ValidateAll(ApiList<EnvFromSource> sources, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            EnvFromSource source = sources[i];
            FieldPath at = path.Index(i);
            if (source.Prefix.Length > 0)
            {
                errors.InvalidEach(at.Child("prefix"), source.Prefix, ContentRules.EnvVarName(source.Prefix));
            }

            ValidateName(source.ConfigMapRef?.LocalObjectReference.Name, at.Child("configMapRef"), errors);
            ValidateName(source.SecretRef?.LocalObjectReference.Name, at.Child("secretRef"), errors);

            // These two stand at the list, not at its element: upstream's slip that clients know.
            if (source.ConfigMapRef is null && source.SecretRef is null)
            {
                errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
            }
            else if (source.ConfigMapRef is not null && source.SecretRef is not null)
            {
                errors.Invalid(path, "", "may not have more than one field specified at a time");
            }
        }
    }

    private static void ValidateName(string? name, FieldPath path, FieldErrors errors)
    {
        if (name is "")
        {
            errors.Required(path.Child("name"), "");
        }
        else if (name is not null)
        {
            errors.InvalidEach(path.Child("name"), name, NameRules.DnsSubdomain(name, isPrefix: true));
        }
    }
}
