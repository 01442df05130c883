using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PodSpec
{
    private const string NotOnWindows = "cannot be set for a windows pod";

    /// <summary>Containers that run on a Windows host itself: all of the pod's or none, and on the host's network.</summary>
    private void ValidateHostProcess(FieldPath path, FieldErrors errors)
    {
        bool? ofPod = SecurityContext?.WindowsOptions?.HostProcess;
        int containers = 0;
        int onHost = 0;
        VisitContainers(path, (container, at) =>
        {
            bool? own = container.SecurityContext?.WindowsOptions?.HostProcess;
            containers++;
            onHost += (own ?? ofPod) == true ? 1 : 0;
            if (ofPod is not null && own is not null && ofPod != own)
            {
                errors.Invalid(
                    at.Child("securityContext").Child("windowsOptions").Child("hostProcess"),
                    own.Value,
                    "pod hostProcess value must be identical if both are specified, was "
                    + $"{(ofPod.Value ? "true" : "false")}");
            }
        });
        if (onHost > 0 && onHost != containers)
        {
            errors.Invalid(
                path, "",
                "If pod contains any hostProcess containers then all containers must be HostProcess containers");
        }

        if (onHost > 0 && !HostNetwork)
        {
            errors.Invalid(
                path.Child("hostNetwork"), false,
                "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }

    private void ValidateOs(FieldPath path, FieldErrors errors)
    {
        switch (Os?.Name)
        {
            case null:
                break;
            case "":
                errors.Required(path.Child("os").Child("name"), "");
                break;
            case OSName.Linux:
                ValidateLinux(path, errors);
                break;
            case OSName.Windows:
                ValidateWindows(path, errors);
                break;
            default:
                errors.NotSupported(path.Child("os"), Os.Name, OSName.Linux, OSName.Windows);
                break;
        }
    }

    private void ValidateLinux(FieldPath path, FieldErrors errors)
    {
        const string Text = "windows options cannot be set for a linux pod";
        if (SecurityContext?.WindowsOptions is not null)
        {
            errors.Forbidden(path.Child("securityContext").Child("windowsOptions"), Text);
        }

        VisitContainers(path, (container, at) =>
        {
            if (container.SecurityContext?.WindowsOptions is not null)
            {
                errors.Forbidden(at.Child("securityContext").Child("windowsOptions"), Text);
            }
        });
    }

    private void ValidateWindows(FieldPath path, FieldErrors errors)
    {
        PodSecurityContext context = SecurityContext ?? new();
        FieldPath at = path.Child("securityContext");
        ForbidOnWindows(
            at,
            errors,
            ("appArmorProfile", context.AppArmorProfile is not null),
            ("seLinuxOptions", context.SeLinuxOptions is not null));
        ForbidOnWindows(
            path, errors, ("hostUsers", HostUsers is not null), ("hostPID", HostPID), ("hostIPC", HostIPC));
        ForbidOnWindows(
            at,
            errors,
            ("seccompProfile", context.SeccompProfile is not null),
            ("fsGroup", context.FsGroup is not null),
            ("fsGroupChangePolicy", context.FsGroupChangePolicy is not null),
            ("sysctls", context.Sysctls.Count > 0));
        ForbidOnWindows(path, errors, ("shareProcessNamespace", ShareProcessNamespace is not null));
        ForbidOnWindows(
            at,
            errors,
            ("runAsUser", context.RunAsUser is not null),
            ("runAsGroup", context.RunAsGroup is not null),
            ("supplementalGroups", !context.SupplementalGroups.IsAbsent),
            ("supplementalGroupsPolicy", context.SupplementalGroupsPolicy is not null),
            ("seLinuxChangePolicy", context.SeLinuxChangePolicy is not null));
        VisitContainers(
            path,
            (container, each) => ValidateOnWindows(container.SecurityContext, each.Child("securityContext"), errors));
    }

    private static void ValidateOnWindows(SecurityContext? context, FieldPath path, FieldErrors errors)
    {
        if (context is not null)
        {
            ForbidOnWindows(
                path,
                errors,
                ("appArmorProfile", context.AppArmorProfile is not null),
                ("seLinuxOptions", context.SeLinuxOptions is not null),
                ("seccompProfile", context.SeccompProfile is not null),
                ("capabilities", context.Capabilities is not null),
                ("readOnlyRootFilesystem", context.ReadOnlyRootFilesystem is not null),
                ("privileged", context.Privileged is not null),
                ("allowPrivilegeEscalation", context.AllowPrivilegeEscalation is not null),
                ("procMount", context.ProcMount is not null),
                ("runAsUser", context.RunAsUser is not null),
                ("runAsGroup", context.RunAsGroup is not null));
        }
    }

    private static void ForbidOnWindows(
        FieldPath path, FieldErrors errors, params ReadOnlySpan<(string Field, bool IsSet)> fields)
    {
        foreach ((string field, bool isSet) in fields)
        {
            if (isSet)
            {
                errors.Forbidden(path.Child(field), NotOnWindows);
            }
        }
    }
}
