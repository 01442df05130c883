namespace Keelson.Nodes.Volumes;

/// <summary>
/// Where things of volumes are below the agent's directory; upstream's layout, which backups and drivers know.
/// </summary>
internal sealed class VolumePaths(NodeContext context)
{
    /// <summary>The directory with one directory a pod.</summary>
    public string Pods { get; } = Path.Combine(context.RootDirectory, "pods");

    /// <summary>Where plugins keep what is not a pod's.</summary>
    public string Plugins { get; } = Path.Combine(context.RootDirectory, "plugins");

    /// <summary>Where drivers put the sockets they want to be known by.</summary>
    public string Registry { get; } = Path.Combine(context.RootDirectory, "plugins_registry");

    /// <summary>Where the node's own local volumes have their directories.</summary>
    public string LocalStorage { get; } = Path.Combine(context.RootDirectory, "storage");

    /// <summary>A pod's directory.</summary>
    public string Pod(string uid) => context.PodDirectory(uid);

    /// <summary>The directory of a pod's volumes, one directory a plugin, in it one a volume.</summary>
    public string Volumes(string uid) => Path.Combine(Pod(uid), "volumes");

    /// <summary>The directory of one volume.</summary>
    public string Volume(string uid, string plugin, string name) => Path.Combine(Volumes(uid), Escape(plugin), name);

    /// <summary>The directory of links to devices, one directory a plugin.</summary>
    public string Devices(string uid) => Path.Combine(Pod(uid), "volumeDevices");

    /// <summary>The link to a block volume's device.</summary>
    public string Device(string uid, string plugin, string name) => Path.Combine(Devices(uid), Escape(plugin), name);

    /// <summary>Where a block volume is known to the whole node.</summary>
    public string GlobalDevices(string plugin, string name) => plugin == "kubernetes.io/csi"
        ? Path.Combine(Plugins, plugin, "volumeDevices", name, "dev")
        : Path.Combine(Plugins, Escape(plugin), "volumeDevices", name);

    /// <summary>Where parts of volumes are mounted for containers that see only these.</summary>
    public string SubPaths(string uid) => Path.Combine(Pod(uid), "volume-subpaths");

    /// <summary>The plugin of a directory's name: <c>kubernetes.io~empty-dir</c> is kubernetes.io/empty-dir.</summary>
    public static string PluginOf(string directoryName) => directoryName.Replace('~', '/');

    private static string Escape(string plugin) => plugin.Replace('/', '~');
}
