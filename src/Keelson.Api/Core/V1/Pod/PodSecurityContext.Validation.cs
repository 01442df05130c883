using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record PodSecurityContext
{
    private const int SysctlMaxLength = 253;
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    internal void Validate(FieldPath path, PodScope scope)
    {
        FieldErrors errors = scope.Errors;
        ValidateId(FsGroup, path.Child("fsGroup"), errors);
        ValidateId(RunAsUser, path.Child("runAsUser"), errors);
        ValidateId(RunAsGroup, path.Child("runAsGroup"), errors);
        for (int i = 0; i < SupplementalGroups.Count; i++)
        {
            ValidateId(SupplementalGroups[i], path.Child("supplementalGroups").Index(i), errors);
        }

        // Upstream's own types have the namespaces of the host in the security context, and so have its error paths.
        if (scope.Spec is { ShareProcessNamespace: true, HostPID: true })
        {
            errors.Invalid(
                path.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        ValidateSysctls(path.Child("sysctls"), scope);
        errors.OneOf(
            path.Child("fsGroupChangePolicy"), FsGroupChangePolicy, PodFSGroupChangePolicy.Always,
            PodFSGroupChangePolicy.OnRootMismatch);
        SeccompProfile?.Validate(path.Child("seccompProfile"), errors);
        WindowsOptions?.Validate(path.Child("windowsOptions"), errors);
        AppArmorProfile?.Validate(path.Child("appArmorProfile"), errors);
        errors.OneOf(
            path.Child("supplementalGroupsPolicy"),
            SupplementalGroupsPolicy,
            V1.SupplementalGroupsPolicy.Merge,
            V1.SupplementalGroupsPolicy.Strict);
        errors.OneOf(
            path.Child("seLinuxChangePolicy"), SeLinuxChangePolicy, PodSELinuxChangePolicy.MountOption,
            PodSELinuxChangePolicy.Recursive);
    }

    /// <summary>The error about a kernel setting of a namespace that the pod shares with its node, or null.</summary>
    internal static string? HostSysctlError(string name, PodSpec spec)
    {
        string dotted = Dotted(name);
        bool isNetwork = dotted.StartsWith("net.", StringComparison.Ordinal);
        bool isIpc = dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal)
            || dotted.StartsWith("kernel.shm", StringComparison.Ordinal)
            || dotted.StartsWith("kernel.msg", StringComparison.Ordinal)
            || dotted == "kernel.sem";
        return (isNetwork && spec.HostNetwork, isIpc && spec.HostIPC) switch
        {
            (true, _) => "may not be specified when 'hostNetwork' is true",
            (_, true) => "may not be specified when 'hostIPC' is true",
            _ => null,
        };
    }

    private static void ValidateId(long? id, FieldPath path, FieldErrors errors)
    {
        if (id is { } value)
        {
            errors.InvalidEach(path, value, ContentRules.UserId(value));
        }
    }

    private void ValidateSysctls(FieldPath path, PodScope scope)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < Sysctls.Count; i++)
        {
            string name = Sysctls[i].Name;
            FieldPath at = path.Index(i).Child("name");
            if (name.Length == 0)
            {
                scope.Errors.Required(at, "");
            }
            else if (!IsSysctl(name))
            {
                scope.Errors.Invalid(
                    at, name, $"must have at most {SysctlMaxLength} characters and match regex {SysctlPattern}");
            }
            else if (names.Contains(name))
            {
                scope.Errors.Duplicate(at, name);
            }

            if (!scope.Options.AllowHostSysctls && HostSysctlError(name, scope.Spec) is { } error)
            {
                scope.Errors.Invalid(at, name, error);
            }

            names.Add(name);
        }
    }

    private static bool IsSysctl(string name) =>
        name.Length <= SysctlMaxLength && name.Split('.', '/').All(IsSysctlSegment);

    private static bool IsSysctlSegment(string segment) =>
        segment.Length > 0 && segment[0] is not ('-' or '_') && segment[^1] is not ('-' or '_')
        && !segment.AsSpan().ContainsAnyExcept("-_abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>The name with dots between its parts: where slashes come first, dots are part of a name.</summary>
    private static string Dotted(string name)
    {
        int first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '.'
            ? name
            : name.Replace('.', '\n').Replace('/', '.').Replace('\n', '/');
    }
}
