using System.Text.RegularExpressions;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record GlusterfsPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "endpoints", Endpoints);
        errors.RequireText(path, "path", Path);
        if (EndpointsNamespace is { Length: 0 })
        {
            errors.Invalid(path.Child("endpointsNamespace"), "", "if the endpointnamespace is set, it must be a valid namespace name");
        }
        else if (EndpointsNamespace is { } name)
        {
            errors.Invalid(NameRules.DnsLabel(name, false), path, "endpointsNamespace", name);
        }
    }
}

public sealed partial record RBDPersistentVolumeSource
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

public sealed partial record CephFSPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Monitors.Count == 0)
        {
            errors.Required(path.Child("monitors"), "");
        }
    }
}

public sealed partial record ISCSIPersistentVolumeSource
{
    private const string BadFormat = "must be valid format";

    internal void Validate(string volumeName, FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "targetPortal", TargetPortal);

        // The node builds the name of an interface from both; iscsiadm takes 64 characters.
        if (InitiatorName is not null && (volumeName + ":" + TargetPortal).Length > 64)
        {
            errors.Invalid(path.Child("targetportal"), TargetPortal, "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.");
        }

        if (Iqn.Length == 0)
        {
            errors.Required(path.Child("iqn"), "");
        }
        else if (!IsName(Iqn))
        {
            errors.Invalid(path.Child("iqn"), Iqn, BadFormat);
        }

        errors.Invalid(ContentRules.InRange(Lun, 0, 255), path.Child("lun"), Lun);
        if ((ChapAuthDiscovery || ChapAuthSession) && SecretRef is null)
        {
            errors.Required(path.Child("secretRef"), "");
        }

        if (SecretRef is { Name: "" })
        {
            errors.Required(path.Child("secretRef").Child("name"), "");
        }

        if (InitiatorName is { } initiator && !IsName(initiator))
        {
            errors.Invalid(path.Child("initiatorname"), initiator, BadFormat);
        }
    }

    private static bool IsName(string name) => name switch
    {
        ['i', 'q', 'n', ..] => IqnPattern().IsMatch(name),
        ['e', 'u', 'i', ..] => EuiPattern().IsMatch(name),
        ['n', 'a', 'a', ..] => NaaPattern().IsMatch(name),
        _ => false,
    };

    [GeneratedRegex(@"iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IqnPattern();

    [GeneratedRegex(@"\Aeui.[a-zA-Z0-9]{16}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EuiPattern();

    [GeneratedRegex(@"\Anaa.[a-zA-Z0-9]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NaaPattern();
}

public sealed partial record CinderPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "volumeID", VolumeID);
        if (SecretRef is { } secret)
        {
            PersistentVolumeSourceRules.RequireNames(secret, path.Child("secretRef"), errors);
        }
    }
}

public sealed partial record FlexPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "driver", Driver);
        FlexVolumeSource.ValidateOptions(Options, path.Child("options"), errors);
    }
}

public sealed partial record AzureFilePersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "secretName", SecretName);
        errors.RequireText(path, "shareName", ShareName);
        if (SecretNamespace is { Length: 0 })
        {
            errors.Required(path.Child("secretNamespace"), "");
        }
    }
}

public sealed partial record ScaleIOPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "gateway", Gateway);
        errors.RequireText(path, "system", System);
        errors.RequireText(path, "volumeName", VolumeName);
    }
}

public sealed partial record LocalVolumeSource
{
    internal void Validate(bool hasAffinity, FieldPath spec, FieldPath path, FieldErrors errors)
    {
        errors.RequireText(path, "path", Path);
        PathRules.NoBacksteps(Path, path.Child("path"), errors);
        if (!hasAffinity)
        {
            errors.Required(spec.Child("nodeAffinity"), "Local volume requires node affinity");
        }
    }
}

public sealed partial record StorageOSPersistentVolumeSource
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

        if (SecretRef is { } secret)
        {
            errors.RequireText(path.Child("secretRef"), "name", secret.Name);
            errors.RequireText(path.Child("secretRef"), "namespace", secret.Namespace);
        }
    }
}

public sealed partial record CSIPersistentVolumeSource
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        CSIVolumeSource.ValidateDriverName(Driver, path.Child("driver"), errors);
        errors.RequireText(path, "volumeHandle", VolumeHandle);
        ValidateSecret(ControllerPublishSecretRef, path.Child("controllerPublishSecretRef"), errors);
        ValidateSecret(ControllerExpandSecretRef, path.Child("controllerExpandSecretRef"), errors);
        ValidateSecret(NodePublishSecretRef, path.Child("nodePublishSecretRef"), errors);
        ValidateSecret(NodeExpandSecretRef, path.Child("nodeExpandSecretRef"), errors);
    }

    private static void ValidateSecret(SecretReference? secret, FieldPath path, FieldErrors errors)
    {
        if (secret is null)
        {
            return;
        }

        errors.RequireText(path, "name", secret.Name);
        if (secret.Name.Length > 0)
        {
            errors.Subdomain(path.Child("name"), secret.Name);
        }

        errors.RequireText(path, "namespace", secret.Namespace);
        if (secret.Namespace.Length > 0)
        {
            errors.Label(path.Child("namespace"), secret.Namespace);
        }
    }
}
