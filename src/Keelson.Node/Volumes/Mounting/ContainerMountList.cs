using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Linux;
using Container = Keelson.Api.Core.V1.Container;

namespace Keelson.Nodes.Volumes.Mounting;

/// <summary>Works out what is mounted into a container.</summary>
internal sealed class ContainerMountList(SubPathMounts subPaths, VolumePaths paths, Action<string> log)
{
    /// <summary>The mounts and devices of a container of a pod whose volumes are in place.</summary>
    /// <param name="container">The container.</param>
    /// <param name="volumes">The pod's volumes by name, with what handles them.</param>
    /// <param name="environment">The container's variables.</param>
    /// <param name="knowsRecursiveReadOnly">True when the runtime mounts read-only all the way down.</param>
    public ContainerMounts Of(
        Container container,
        IReadOnlyDictionary<string, PlacedVolume> volumes,
        IReadOnlyDictionary<string, string> environment,
        bool knowsRecursiveReadOnly)
    {
        List<Mount> mounts = [];
        for (int i = 0; i < container.VolumeMounts.Count; i++)
        {
            VolumeMount wanted = container.VolumeMounts[i];
            if (!volumes.TryGetValue(wanted.Name, out PlacedVolume placed) || placed.Volume.IsBlock)
            {
                return Failed($"cannot find volume \"{wanted.Name}\" to mount into container \"{container.Name}\"");
            }

            (Mount? mount, string? error) = Of(container, i, placed, environment);
            error ??= SetReadOnly(mount!, wanted, placed, knowsRecursiveReadOnly);
            if (error is not null)
            {
                return Failed(error);
            }

            mounts.Add(mount!);
        }

        List<Device> devices = [];
        foreach (VolumeDevice wanted in container.VolumeDevices)
        {
            if (!volumes.TryGetValue(wanted.Name, out PlacedVolume placed) || !placed.Volume.IsBlock)
            {
                return Failed($"cannot find volume \"{wanted.Name}\" to pass into container \"{container.Name}\"");
            }

            devices.Add(new Device
            {
                HostPath = paths.Device(
                    placed.Volume.Pod.Metadata.Uid, placed.Plugin.Name, placed.Volume.SpecName),
                ContainerPath = wanted.DevicePath,
                Permissions = placed.Volume.IsClaimReadOnly ? "r" : "mrw",
            });
        }

        return new(mounts, devices, null);
    }

    private static ContainerMounts Failed(string error) => new([], [], error);

    private (Mount? Mount, string? Error) Of(
        Container container, int index, PlacedVolume placed, IReadOnlyDictionary<string, string> environment)
    {
        VolumeMount wanted = container.VolumeMounts[index];
        (string subPath, string? error) = SubPathOf(wanted, environment);
        if (error is not null)
        {
            return (null, error);
        }

        Mount mount = new()
        {
            ContainerPath = wanted.MountPath.StartsWith('/') ? wanted.MountPath : "/" + wanted.MountPath,
            Propagation = PropagationOf(wanted.MountPropagation),
        };
        if (placed.Volume.Source.Image is { } image && !Directory.Exists(placed.Plugin.PathOf(placed.Volume)))
        {
            mount.Image = new ImageSpec { Image = image.Reference, UserSpecifiedImage = image.Reference };
            mount.ImageSubPath = subPath;
            return (mount, null);
        }

        mount.HostPath = placed.Plugin.PathOf(placed.Volume);
        return subPath.Length == 0
            ? (mount, null)
            : (mount, UseSubPath(mount, subPath, placed.Volume, container.Name, index));
    }

    private static (string SubPath, string? Error) SubPathOf(
        VolumeMount wanted, IReadOnlyDictionary<string, string> environment)
    {
        string subPath = wanted.SubPath;
        if (wanted.SubPathExpr.Length > 0)
        {
            List<string> missing = [];
            subPath = VariableExpansion.Expand(wanted.SubPathExpr, name =>
            {
                if (environment.TryGetValue(name, out string? value) && value.Length > 0)
                {
                    return value;
                }

                missing.Add(name);
                return null;
            });
            if (missing.Count > 0)
            {
                return ("", "missing value for " + GoText.Quote(missing[^1]));
            }
        }

        if (subPath.StartsWith('/'))
        {
            return ("", $"error SubPath `{subPath}` must not be an absolute path");
        }

        return subPath.Split('/').Contains("..")
            ? ("", $"unable to provision SubPath `{subPath}`: must not contain '..'")
            : (subPath, null);
    }

    /// <summary>
    /// The errors name no path, as upstream's don't: what lies on the machine is no business of who made the pod.
    /// </summary>
    private string? UseSubPath(Mount mount, string subPath, PodVolume volume, string container, int index)
    {
        string volumePath = mount.HostPath;
        try
        {
            if (FileFacts.Of(Path.Combine(volumePath, subPath)) is null)
            {
                SubPathMounts.MakeMissing(volumePath, subPath);
            }
        }
        catch (IOException exception)
        {
            log($"subPath of volume mount {volume.Name} of container {container}: {exception.Message}");
            return $"failed to create subPath directory for volumeMount \"{volume.Name}\" of container \"{container}\"";
        }

        try
        {
            SubPathPlace place = new(volume.Pod.Metadata.Uid, volume.SpecName, container, index);
            mount.HostPath = subPaths.Prepare(place, volumePath, subPath);
            return null;
        }
        catch (IOException exception)
        {
            log($"subPath of volume mount {volume.Name} of container {container}: {exception.Message}");
            return $"failed to prepare subPath for volumeMount \"{volume.Name}\" of container \"{container}\"";
        }
    }

    private static string? SetReadOnly(Mount mount, VolumeMount wanted, PlacedVolume placed, bool knowsRecursive)
    {
        mount.Readonly = wanted.ReadOnly || placed.Plugin.IsReadOnly(placed.Volume);
        switch (wanted.RecursiveReadOnly)
        {
            case RecursiveReadOnlyMode.Enabled when !knowsRecursive:
                return $"failed to resolve recursive read-only mode: volume \"{wanted.Name}\" requested recursive "
                    + "read-only mode, but it is not supported by the runtime";
            case RecursiveReadOnlyMode.Enabled or RecursiveReadOnlyMode.IfPossible:
                mount.RecursiveReadOnly = knowsRecursive && wanted.ReadOnly;
                return null;
            default:
                return null;
        }
    }

    private static MountPropagation PropagationOf(string? mode) => mode switch
    {
        MountPropagationMode.HostToContainer => MountPropagation.PropagationHostToContainer,
        MountPropagationMode.Bidirectional => MountPropagation.PropagationBidirectional,
        _ => MountPropagation.PropagationPrivate,
    };
}

/// <summary>A volume with the plugin that handles it.</summary>
internal readonly record struct PlacedVolume(PodVolume Volume, IVolumePlugin Plugin);
