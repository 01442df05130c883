using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record EmptyDirVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (SizeLimit is { Sign: < 0 })
        {
            errors.Forbidden(path.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
        }
    }
}

public sealed partial record HostPathVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Path.Length == 0)
        {
            errors.Required(path.Child("path"), "");
            return;
        }

        PathRules.NoBacksteps(Path, path.Child("path"), errors);
        errors.OneOf(
            path.Child("type"),
            Type,
            HostPathType.None,
            HostPathType.BlockDevice,
            HostPathType.CharDevice,
            HostPathType.Directory,
            HostPathType.DirectoryOrCreate,
            HostPathType.File,
            HostPathType.FileOrCreate,
            HostPathType.Socket);
    }
}

public sealed partial record GitRepoVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "repository", Repository);
        PathRules.LocalDescending(Directory, path.Child("directory"), errors);
    }
}

public sealed partial record NFSVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "server", Server);
        errors.RequireText(path, "path", Path);
        if (!Path.StartsWith('/'))
        {
            errors.Invalid(path.Child("path"), Path, "must be an absolute path");
        }
    }
}

public sealed partial record SecretVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "secretName", SecretName);
        KeyToPath.ValidateMode(DefaultMode, path.Child("defaultMode"), errors);
        KeyToPath.ValidateAll(Items, path.Child("items"), errors);
    }
}

public sealed partial record ConfigMapVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "name", LocalObjectReference.Name);
        KeyToPath.ValidateMode(DefaultMode, path.Child("defaultMode"), errors);
        KeyToPath.ValidateAll(Items, path.Child("items"), errors);
    }
}

public sealed partial record KeyToPath
{
    internal static void ValidateAll(ApiList<KeyToPath> items, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < items.Count; i++)
        {
            items[i].Validate(path.Index(i), errors);
        }
    }

    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "key", Key);
        errors.RequireText(path, "path", Path);
        PathRules.LocalNonReserved(Path, path.Child("path"), errors);
        ValidateMode(Mode, path.Child("mode"), errors);
    }

    /// <summary>File modes go up to 0777 in octal, 511 in decimal.</summary>
    internal static void ValidateMode(int? mode, FieldPath path, FieldErrors errors)
    {
        if (mode is < 0 or > 0x1FF)
        {
            errors.Invalid(path, mode.Value, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }
}

public sealed partial record CSIVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        ValidateDriverName(Driver, path.Child("driver"), errors);
        if (NodePublishSecretRef is { Name: "" })
        {
            errors.Required(path.Child("nodePublishSecretRef").Child("name"), "");
        }
        else if (NodePublishSecretRef is { } secret)
        {
            errors.Subdomain(path.Child("name"), secret.Name);
        }
    }

    /// <summary>The name of a CSI driver: a DNS subdomain of at most 63 characters, in any case.</summary>
    public static void ValidateDriverName(string driver, FieldPath path, FieldErrors errors)
    {
        if (driver.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        if (driver.Length > 63)
        {
            errors.TooLong(path, 63);
        }

        errors.InvalidEach(path, driver, ContentRules.Dns1123Subdomain(driver.ToLowerInvariant()));
    }
}

public sealed partial record EphemeralVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (VolumeClaimTemplate is null)
        {
            errors.Required(path.Child("volumeClaimTemplate"), "");
        }
        else
        {
            PersistentVolumeClaimRules.ValidateTemplate(VolumeClaimTemplate, path.Child("volumeClaimTemplate"), errors);
        }
    }
}

public sealed partial record ImageVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "reference", Reference);
        Container.ValidatePullPolicy(PullPolicy, path.Child("pullPolicy"), errors);
    }
}

public sealed partial record DownwardAPIVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        KeyToPath.ValidateMode(DefaultMode, path.Child("defaultMode"), errors);
        foreach (DownwardAPIVolumeFile file in Items)
        {
            file.Validate(path, errors);
        }
    }
}

public sealed partial record DownwardAPIVolumeFile
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "path", Path);
        PathRules.LocalNonReserved(Path, path.Child("path"), errors);
        if (FieldRef is not null)
        {
            FieldRef.Validate(ObjectFieldSelector.FieldsInVolumes, path.Child("fieldRef"), errors);
            if (ResourceFieldRef is not null)
            {
                errors.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }
        }
        else if (ResourceFieldRef is not null)
        {
            ResourceFieldRef.Validate(path.Child("resourceFieldRef"), isVolume: true, errors);
        }
        else
        {
            errors.Required(path, "one of fieldRef and resourceFieldRef is required");
        }

        KeyToPath.ValidateMode(Mode, path.Child("mode"), errors);
    }
}
