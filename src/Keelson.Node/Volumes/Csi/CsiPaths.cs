namespace Keelson.Nodes.Volumes.Csi;

/// <summary>Where volumes of drivers are; upstream's layout.</summary>
internal sealed class CsiPaths(VolumePaths paths)
{
    private const string Plugin = "kubernetes.io/csi";

    private string Root => Path.Combine(paths.Plugins, Plugin);

    /// <summary>The directory of what is kept of a pod's volume.</summary>
    public string Data(PodVolume volume) => volume.IsBlock
        ? Path.Combine(Root, "volumeDevices", volume.SpecName, "data")
        : paths.Volume(volume.Pod.Metadata.Uid, Plugin, volume.SpecName);

    /// <summary>Where a volume is put for its pod.</summary>
    public string Published(PodVolume volume) => volume.IsBlock
        ? PublishedDevice(volume.SpecName, volume.Pod.Metadata.Uid)
        : Path.Combine(Data(volume), "mount");

    /// <summary>Where a device is put for a pod.</summary>
    public string PublishedDevice(string specName, string podUid) =>
        Path.Combine(Root, "volumeDevices", "publish", specName, podUid);

    /// <summary>Where a volume is staged for all its pods on the node.</summary>
    public string Staged(CsiVolume volume, bool isBlock) => isBlock
        ? Path.Combine(Root, "volumeDevices", "staging", volume.SpecName)
        : Path.Combine(Root, volume.Driver, CsiVolume.Hash(volume.Handle), "globalmount");

    /// <summary>The directory of what is kept of a device.</summary>
    public string DeviceData(string specName) => Path.Combine(Root, "volumeDevices", specName, "data");

    /// <summary>The pods' directories for volumes of drivers, across all pods.</summary>
    public IEnumerable<string> AllData() => Directory.Exists(paths.Pods)
        ? Directory.EnumerateDirectories(paths.Pods)
            .Select(static pod => Path.Combine(pod, "volumes", "kubernetes.io~csi"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
        : [];
}
