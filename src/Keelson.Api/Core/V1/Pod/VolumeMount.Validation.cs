using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record VolumeMount
{
    /// <summary>Validates a container's mounts. Some errors stand at the list, as upstream has them.</summary>
    internal static void ValidateAll(Container container, PodScope scope, FieldPath path)
    {
        HashSet<string> paths = new(StringComparer.Ordinal);
        for (int i = 0; i < container.VolumeMounts.Count; i++)
        {
            VolumeMount mount = container.VolumeMounts[i];
            mount.ValidateTarget(container.VolumeDevices, paths, scope, path.Index(i));
            mount.ValidateOptions(container, path, path.Index(i), scope.Errors);
        }
    }

    private void ValidateTarget(ApiList<VolumeDevice> devices, HashSet<string> paths, PodScope scope, FieldPath path)
    {
        FieldErrors errors = scope.Errors;
        errors.RequireText(path, "name", Name);
        if (!scope.Volumes.ContainsKey(Name))
        {
            errors.NotFound(path.Child("name"), Name);
        }

        errors.RequireText(path, "mountPath", MountPath);
        if (!paths.Add(MountPath))
        {
            errors.Invalid(path.Child("mountPath"), MountPath, "must be unique");
        }

        if (devices.Count > 0 && devices.Any(one => one.Name == Name))
        {
            errors.Invalid(path.Child("name"), Name, "must not already exist in volumeDevices");
        }

        if (devices.Count > 0 && devices.Any(one => one.DevicePath == MountPath))
        {
            errors.Invalid(path.Child("mountPath"), MountPath, "must not already exist as a path in volumeDevices");
        }
    }

    private void ValidateOptions(Container container, FieldPath list, FieldPath path, FieldErrors errors)
    {
        if (SubPath.Length > 0)
        {
            PathRules.LocalDescending(SubPath, list.Child("subPath"), errors);
        }

        if (SubPathExpr.Length > 0)
        {
            if (SubPath.Length > 0)
            {
                errors.Invalid(
                    path.Child("subPathExpr"), SubPathExpr, "subPathExpr and subPath are mutually exclusive");
            }

            PathRules.LocalDescending(SubPathExpr, list.Child("subPathExpr"), errors);
        }

        if (MountPropagation is not null)
        {
            FieldPath at = list.Child("mountPropagation");
            errors.OneOf(
                at, MountPropagation, MountPropagationMode.Bidirectional, MountPropagationMode.HostToContainer,
                MountPropagationMode.None);
            if (MountPropagation == MountPropagationMode.Bidirectional && container.SecurityContext?.Privileged != true)
            {
                errors.Forbidden(at, "Bidirectional mount propagation is available only to privileged containers");
            }
        }

        if (RecursiveReadOnly is not null)
        {
            ValidateRecursiveReadOnly(list.Child("recursiveReadOnly"), errors);
        }
    }

    private void ValidateRecursiveReadOnly(FieldPath path, FieldErrors errors)
    {
        errors.OneOf(
            path, RecursiveReadOnly, RecursiveReadOnlyMode.Disabled, RecursiveReadOnlyMode.Enabled,
            RecursiveReadOnlyMode.IfPossible);
        if (RecursiveReadOnly is RecursiveReadOnlyMode.Enabled or RecursiveReadOnlyMode.IfPossible)
        {
            if (!ReadOnly)
            {
                errors.Forbidden(path, "may only be specified when readOnly is true");
            }

            if (MountPropagation is not null and not MountPropagationMode.None)
            {
                errors.Forbidden(path, "may only be specified when mountPropagation is None or not specified");
            }
        }
    }
}

public sealed partial record VolumeDevice
{
    /// <summary>Validates a container's block devices.</summary>
    internal static void ValidateAll(Container container, PodScope scope, FieldPath path)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> paths = new(StringComparer.Ordinal);
        for (int i = 0; i < container.VolumeDevices.Count; i++)
        {
            container.VolumeDevices[i].Validate(container.VolumeMounts, names, paths, scope, path.Index(i));
        }
    }

    private void Validate(
        ApiList<VolumeMount> mounts, HashSet<string> names, HashSet<string> paths, PodScope scope, FieldPath path)
    {
        FieldErrors errors = scope.Errors;
        errors.RequireText(path, "name", Name);
        if (Name.Length > 0 && !names.Add(Name))
        {
            errors.Invalid(path.Child("name"), Name, "must be unique");
        }

        if (!scope.Volumes.TryGetValue(Name, out VolumeSource? source))
        {
            errors.NotFound(path.Child("name"), Name);
        }
        else if (source.PersistentVolumeClaim is null && source.Ephemeral is null)
        {
            errors.Invalid(
                path.Child("name"),
                Name,
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
        }

        errors.RequireText(path, "devicePath", DevicePath);
        if (paths.Contains(DevicePath))
        {
            errors.Invalid(path.Child("devicePath"), DevicePath, "must be unique");
        }

        if (PathRules.HasBacksteps(DevicePath))
        {
            errors.Invalid(path.Child("devicePath"), DevicePath, "can not contain backsteps ('..')");
        }
        else
        {
            paths.Add(DevicePath);
        }

        if (mounts.Any(one => one.Name == Name))
        {
            errors.Invalid(path.Child("name"), Name, "must not already exist in volumeMounts");
        }

        if (mounts.Any(one => one.MountPath == DevicePath))
        {
            errors.Invalid(path.Child("devicePath"), DevicePath, "must not already exist as a path in volumeMounts");
        }
    }
}
