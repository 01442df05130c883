using System.Globalization;
using System.Text;

namespace Keelson.Nodes.Runtime;

/// <summary>The configuration of a containerd that belongs to this cluster alone.</summary>
internal sealed record ContainerdConfig
{
    /// <summary>Where everything of it is: root, state, socket, configuration.</summary>
    public required string Directory { get; init; }

    /// <summary>The version, as <c>containerd --version</c> has it: <c>1.7.24</c>.</summary>
    public required Version Version { get; init; }

    /// <summary>Where the network configuration is read from.</summary>
    public required string CniConfigurationDirectory { get; init; }

    /// <summary>Where the network plugins are.</summary>
    public required string CniBinDirectory { get; init; }

    /// <summary>The image of sandboxes.</summary>
    public required string SandboxImage { get; init; }

    /// <summary><c>overlayfs</c> or <c>native</c>.</summary>
    public required string Snapshotter { get; init; }

    /// <summary>What makes containers; the first one does for pods without a runtime class.</summary>
    public required IReadOnlyList<OciRuntime> Runtimes { get; init; }

    /// <summary>True when the kernel does not let processes be protected from the out-of-memory killer.</summary>
    public required bool RestrictOomScore { get; init; }

    /// <summary>True when systemd makes the control groups of containers.</summary>
    public bool HasSystemdGroups { get; init; }

    /// <summary>The directories of registries' hosts files.</summary>
    public string RegistriesDirectory => Path.Combine(Directory, "registries");

    /// <summary>The socket.</summary>
    public string Socket => Path.Combine(Directory, "containerd.sock");

    /// <summary>The configuration file.</summary>
    public string File => Path.Combine(Directory, "config.toml");

    /// <summary>The file's text.</summary>
    public string Write()
    {
        StringBuilder text = new();
        bool isNew = Version.Major >= 2;
        text.Append(CultureInfo.InvariantCulture, $"version = {(isNew ? 3 : 2)}\n");
        text.Append(CultureInfo.InvariantCulture, $"root = {Quote(Path.Combine(Directory, "root"))}\n");
        text.Append(CultureInfo.InvariantCulture, $"state = {Quote(Path.Combine(Directory, "state"))}\n");
        text.Append("disabled_plugins = [").Append(string.Join(", ", Unused.Select(Quote))).Append("]\n\n");
        text.Append(CultureInfo.InvariantCulture, $"[grpc]\n  address = {Quote(Socket)}\n\n");
        if (isNew)
        {
            WriteNew(text);
        }
        else
        {
            WriteOld(text);
        }

        return text.ToString();
    }

    private static readonly Version s_withTransfers = new(2, 1);

    private static readonly string[] Unused =
    [
        "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
        "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
        "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs", "io.containerd.nri.v1.nri",
        "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
    ];

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Flag(bool value) => value ? "true" : "false";

    private void WriteOld(StringBuilder text)
    {
        const string Cri = "[plugins.\"io.containerd.grpc.v1.cri\"";
        text.Append(Cri).Append("]\n");
        text.Append(CultureInfo.InvariantCulture, $"  sandbox_image = {Quote(SandboxImage)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  restrict_oom_score_adj = {Flag(RestrictOomScore)}\n");
        if (Version.Minor >= 7)
        {
            text.Append("  enable_cdi = true\n");
        }

        text.Append(Cri).Append(".containerd]\n");
        text.Append(CultureInfo.InvariantCulture, $"  snapshotter = {Quote(Snapshotter)}\n");
        text.Append("  discard_unpacked_layers = true\n");
        WriteRuntimes(text, Cri + ".containerd");
        text.Append(Cri).Append(".cni]\n");
        text.Append(CultureInfo.InvariantCulture, $"  bin_dir = {Quote(CniBinDirectory)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  conf_dir = {Quote(CniConfigurationDirectory)}\n");
        text.Append(Cri).Append(".registry]\n");
        text.Append(CultureInfo.InvariantCulture, $"  config_path = {Quote(RegistriesDirectory)}\n");
    }

    private void WriteNew(StringBuilder text)
    {
        const string Images = "[plugins.\"io.containerd.cri.v1.images\"";
        const string Cri = "[plugins.\"io.containerd.cri.v1.runtime\"";
        text.Append(Images).Append("]\n");
        text.Append(CultureInfo.InvariantCulture, $"  snapshotter = {Quote(Snapshotter)}\n");
        text.Append("  discard_unpacked_layers = true\n");
        if (Version >= s_withTransfers)
        {
            // The other way of pulling keeps the layers; 2.1 takes this one then too, but complains.
            text.Append("  use_local_image_pull = true\n");
        }

        text.Append(Images).Append(".pinned_images]\n");
        text.Append(CultureInfo.InvariantCulture, $"  sandbox = {Quote(SandboxImage)}\n");
        text.Append(Images).Append(".registry]\n");
        text.Append(CultureInfo.InvariantCulture, $"  config_path = {Quote(RegistriesDirectory)}\n");
        text.Append(Cri).Append("]\n");
        text.Append(CultureInfo.InvariantCulture, $"  restrict_oom_score_adj = {Flag(RestrictOomScore)}\n");
        text.Append(Cri).Append(".containerd]\n");
        WriteRuntimes(text, Cri + ".containerd");
        text.Append(Cri).Append(".cni]\n");

        // bin_dir came to be a list with 2.1.
        string plugins = Version >= s_withTransfers ? $"bin_dirs = [{Quote(CniBinDirectory)}]"
            : $"bin_dir = {Quote(CniBinDirectory)}";
        text.Append(CultureInfo.InvariantCulture, $"  {plugins}\n");
        text.Append(CultureInfo.InvariantCulture, $"  conf_dir = {Quote(CniConfigurationDirectory)}\n");
    }

    private void WriteRuntimes(StringBuilder text, string containerd)
    {
        text.Append(CultureInfo.InvariantCulture, $"  default_runtime_name = {Quote(Runtimes[0].Name)}\n");
        foreach (OciRuntime one in Runtimes)
        {
            string table = $"{containerd}.runtimes.{one.Name}";
            text.Append(table).Append("]\n  runtime_type = \"io.containerd.runc.v2\"\n");
            text.Append(table).Append(".options]\n");
            text.Append(CultureInfo.InvariantCulture, $"  SystemdCgroup = {Flag(HasSystemdGroups)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  BinaryName = {Quote(one.Program)}\n");
        }
    }
}
