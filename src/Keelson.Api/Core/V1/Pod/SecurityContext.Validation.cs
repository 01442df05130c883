using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record SecurityContext
{
    internal void Validate(bool hostUsers, FieldPath path, FieldErrors errors)
    {
        if (RunAsUser is { } user)
        {
            errors.InvalidEach(path.Child("runAsUser"), user, ContentRules.UserId(user));
        }

        if (RunAsGroup is { } group)
        {
            errors.InvalidEach(path.Child("runAsGroup"), group, ContentRules.UserId(group));
        }

        errors.OneOf(path.Child("procMount"), ProcMount, ProcMountType.Default, ProcMountType.Unmasked);
        if (hostUsers && ProcMount == ProcMountType.Unmasked)
        {
            errors.Invalid(path.Child("procMount"), ProcMount, "`hostUsers` must be false to use `Unmasked`");
        }

        SeccompProfile?.Validate(path.Child("seccompProfile"), errors);
        if (AllowPrivilegeEscalation == false)
        {
            ValidateNoEscalation(path, errors);
        }

        WindowsOptions?.Validate(path.Child("windowsOptions"), errors);
        AppArmorProfile?.Validate(path.Child("appArmorProfile"), errors);
    }

    private void ValidateNoEscalation(FieldPath path, FieldErrors errors)
    {
        if (Privileged == true)
        {
            errors.InvalidRaw(
                path, UnversionedText.Of(this, WireSchema),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }

        foreach (string one in (IEnumerable<string>)(Capabilities?.Add ?? default))
        {
            if (one == "CAP_SYS_ADMIN")
            {
                errors.InvalidRaw(
                    path,
                    UnversionedText.Of(this, WireSchema),
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
    }
}

public sealed partial record SeccompProfile
{
    internal void Validate(FieldPath path, FieldErrors errors)
    {
        if (Type.Length == 0)
        {
            errors.Required(path.Child("type"), "type is required when seccompProfile is set");
        }
        else
        {
            errors.OneOf(
                path.Child("type"), Type, SeccompProfileType.Localhost, SeccompProfileType.RuntimeDefault,
                SeccompProfileType.Unconfined);
        }

        FieldPath profile = path.Child("localhostProfile");
        if (Type != SeccompProfileType.Localhost && LocalhostProfile is not null)
        {
            errors.InvalidRaw(
                profile, UnversionedText.Of(this, WireSchema), "can only be set when seccomp type is Localhost");
        }
        else if (Type == SeccompProfileType.Localhost && LocalhostProfile is null)
        {
            errors.Required(profile, "must be set when seccomp type is Localhost");
        }
        else if (LocalhostProfile is not null)
        {
            PathRules.LocalDescending(LocalhostProfile, profile, errors);
        }
    }
}

public sealed partial record AppArmorProfile
{
    private const string RequiredText = "must be set when AppArmor type is Localhost";

    /// <summary>The longest path the kernel takes, less the terminating zero.</summary>
    private const int LocalhostProfileMaxLength = 4095;

    internal void Validate(FieldPath path, FieldErrors errors)
    {
        FieldPath profile = path.Child("localhostProfile");
        switch (Type)
        {
            case AppArmorProfileType.Localhost:
                ValidateLocalhost(profile, errors);
                break;
            case AppArmorProfileType.RuntimeDefault or AppArmorProfileType.Unconfined:
                if (LocalhostProfile is not null)
                {
                    errors.Invalid(profile, LocalhostProfile, "can only be set when AppArmor type is Localhost");
                }

                break;
            case "":
                errors.Required(path.Child("type"), "type is required when appArmorProfile is set");
                break;
            default:
                errors.NotSupported(
                    path.Child("type"), Type, AppArmorProfileType.Localhost, AppArmorProfileType.RuntimeDefault,
                    AppArmorProfileType.Unconfined);
                break;
        }
    }

    private void ValidateLocalhost(FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(LocalhostProfile))
        {
            errors.Required(path, RequiredText);
            return;
        }

        if (LocalhostProfile.Trim() != LocalhostProfile)
        {
            errors.Invalid(path, LocalhostProfile, "must not be padded with whitespace");
        }

        if (LocalhostProfile.Length > LocalhostProfileMaxLength)
        {
            errors.TooLong(path, LocalhostProfileMaxLength);
        }
    }
}
