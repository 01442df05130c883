using System.Globalization;
using System.Text.RegularExpressions;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record ISCSIVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "targetPortal", TargetPortal);
        if (Iqn.Length == 0)
        {
            errors.Required(path.Child("iqn"), "");
        }
        else
        {
            ValidateName(Iqn, path.Child("iqn"), errors);
        }

        if (Lun is < 0 or > 255)
        {
            errors.Invalid(path.Child("lun"), Lun, ContentRules.InclusiveRange(0, 255));
        }

        if ((ChapAuthDiscovery || ChapAuthSession) && SecretRef is null)
        {
            errors.Required(path.Child("secretRef"), "");
        }

        if (InitiatorName is not null)
        {
            ValidateName(InitiatorName, path.Child("initiatorname"), errors);
        }
    }

    private static void ValidateName(string name, FieldPath path, FieldErrors errors)
    {
        bool? isValid = name switch
        {
            ['i', 'q', 'n', ..] => IqnPattern().IsMatch(name),
            ['e', 'u', 'i', ..] => EuiPattern().IsMatch(name),
            ['n', 'a', 'a', ..] => NaaPattern().IsMatch(name),
            _ => null,
        };
        if (isValid is null)
        {
            errors.Invalid(path, name, "must be valid format starting with iqn, eui, or naa");
        }
        else if (isValid == false)
        {
            errors.Invalid(path, name, "must be valid format");
        }
    }

    [GeneratedRegex(@"iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IqnPattern();

    [GeneratedRegex(@"\Aeui.[a-zA-Z0-9]{16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EuiPattern();

    [GeneratedRegex(@"\Anaa.[a-zA-Z0-9]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NaaPattern();
}

public sealed partial record FCVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (TargetWWNs.Count == 0 && Wwids.Count == 0)
        {
            errors.Required(path.Child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
        }

        if (TargetWWNs.Count > 0 && Wwids.Count > 0)
        {
            errors.InvalidRaw(
                path.Child("targetWWNs"),
                "[" + string.Join(",", TargetWWNs.Select(GoText.Quote)) + "]",
                "targetWWNs and wwids can not be specified simultaneously");
        }

        if (TargetWWNs.Count > 0 && Lun is null)
        {
            errors.Required(path.Child("lun"), "lun is required if targetWWNs is specified");
        }
        else if (TargetWWNs.Count > 0 && Lun is < 0 or > 255)
        {
            errors.Invalid(path.Child("lun"), Lun.Value, ContentRules.InclusiveRange(0, 255));
        }
    }
}

public sealed partial record GCEPersistentDiskVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "pdName", PdName);
        AWSElasticBlockStoreVolumeSource.ValidatePartition(Partition, path, errors);
    }
}

public sealed partial record AWSElasticBlockStoreVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "volumeID", VolumeID);
        ValidatePartition(Partition, path, errors);
    }

    internal static void ValidatePartition(int partition, FieldPath path, FieldErrors errors)
    {
        if (partition is < 0 or > 255)
        {
            errors.Invalid(path.Child("partition"), partition, ContentRules.InclusiveRange(1, 255));
        }
    }
}

public sealed partial record QuobyteVolumeSource
{
    private const string RegistryError = "must be a host:port pair or multiple pairs separated by commas";

    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Registry.Length == 0)
        {
            errors.Required(path.Child("registry"), RegistryError);
        }
        else if (Tenant.Length >= 65)
        {
            errors.Required(path.Child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
        }
        else
        {
            foreach (string pair in Registry.Split(',').Where(one => one.Split(':').Length != 2))
            {
                errors.Invalid(path.Child("registry"), Registry, RegistryError);
            }
        }

        errors.RequireText(path, "volume", Volume);
    }
}

public sealed partial record GlusterfsVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "endpoints", Endpoints);
        errors.RequireText(path, "path", Path);
    }
}

public sealed partial record FlockerVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (DatasetName.Length == 0 && DatasetUUID.Length == 0)
        {
            errors.Required(path, "one of datasetName and datasetUUID is required");
        }

        if (DatasetName.Length > 0 && DatasetUUID.Length > 0)
        {
            errors.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }

        if (DatasetName.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(path.Child("datasetName"), DatasetName, "must not contain '/'");
        }
    }
}

public sealed partial record RBDVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Monitors.Count == 0)
        {
            errors.Required(path.Child("monitors"), "");
        }

        errors.RequireText(path, "image", Image);
    }
}

public sealed partial record CinderVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "volumeID", VolumeID);
        if (SecretRef is { Name: "" })
        {
            errors.Required(path.Child("secretRef").Child("name"), "");
        }
    }
}

public sealed partial record CephFSVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Monitors.Count == 0)
        {
            errors.Required(path.Child("monitors"), "");
        }
    }
}

public sealed partial record FlexVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "driver", Driver);
        ValidateOptions(Options, path.Child("options"), errors);
    }

    internal static void ValidateOptions(Machinery.Values.ApiMap<string> options, FieldPath path, FieldErrors errors)
    {
        foreach ((string key, _) in options)
        {
            string domain = "." + key.Split('/')[0].ToLower(CultureInfo.InvariantCulture);
            if (domain.EndsWith(".kubernetes.io", StringComparison.Ordinal)
                || domain.EndsWith(".k8s.io", StringComparison.Ordinal))
            {
                errors.Invalid(path.Key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
            }
        }
    }
}

public sealed partial record AzureFileVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "secretName", SecretName);
        errors.RequireText(path, "shareName", ShareName);
    }
}

public sealed partial record AzureDiskVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "diskName", DiskName);
        errors.RequireText(path, "diskURI", DiskURI);
        errors.OneOf(
            path.Child("cachingMode"),
            CachingMode,
            AzureDataDiskCachingMode.None,
            AzureDataDiskCachingMode.ReadOnly,
            AzureDataDiskCachingMode.ReadWrite);
        errors.OneOf(
            path.Child("kind"), Kind, AzureDataDiskKind.Dedicated, AzureDataDiskKind.Managed, AzureDataDiskKind.Shared);
        if (Kind == AzureDataDiskKind.Managed && !DiskURI.StartsWith("/subscriptions/", StringComparison.Ordinal))
        {
            errors.NotSupported(
                path.Child("diskURI"),
                DiskURI,
                "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}");
        }

        if (Kind is not null and not AzureDataDiskKind.Managed
            && !DiskURI.StartsWith("https://", StringComparison.Ordinal))
        {
            errors.NotSupported(
                path.Child("diskURI"), DiskURI,
                "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
        }
    }
}

public sealed partial record ScaleIOVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "gateway", Gateway);
        errors.RequireText(path, "system", System);
        errors.RequireText(path, "volumeName", VolumeName);
    }
}

public sealed partial record StorageOSVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (VolumeName.Length == 0)
        {
            errors.Required(path.Child("volumeName"), "");
        }
        else
        {
            errors.Label(path.Child("volumeName"), VolumeName);
        }

        if (VolumeNamespace.Length > 0)
        {
            errors.Label(path.Child("volumeNamespace"), VolumeNamespace);
        }

        if (SecretRef is { Name: "" })
        {
            errors.Required(path.Child("secretRef").Child("name"), "");
        }
    }
}
