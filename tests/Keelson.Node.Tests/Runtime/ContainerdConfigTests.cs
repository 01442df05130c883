using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>The configuration of a containerd of our own.</summary>
public sealed class ContainerdConfigTests
{
    [Theory]
    [InlineData("1.6.20", "version = 2", "io.containerd.grpc.v1.cri\".cni]\n  bin_dir = \"/cni\"")]
    [InlineData("1.7.24", "version = 2", "enable_cdi = true")]
    [InlineData("2.0.1", "version = 3", "io.containerd.cri.v1.runtime\".cni]\n  bin_dir = \"/cni\"")]
    [InlineData("2.1.0", "version = 3", "bin_dirs = [\"/cni\"]")]
    public void Every_version_has_its_own_form(string version, string head, string part)
    {
        string text = new ContainerdConfig
        {
            Directory = "/data",
            Version = Version.Parse(version),
            CniConfigurationDirectory = "/conf",
            CniBinDirectory = "/cni",
            SandboxImage = "pause",
            Snapshotter = "overlayfs",
            RestrictOomScore = true,
            Runtimes = [new("crun", "/bin/crun"), new("runc", "/sbin/runc")],
        }.Write();
        Assert.StartsWith(head + "\n", text, StringComparison.Ordinal);
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Contains("restrict_oom_score_adj = true", text, StringComparison.Ordinal);
        Assert.Contains("default_runtime_name = \"crun\"", text, StringComparison.Ordinal);
        Assert.Contains(
            ".containerd.runtimes.runc.options]\n  SystemdCgroup = false\n  BinaryName = \"/sbin/runc\"\n", text,
            StringComparison.Ordinal);
        Assert.Contains("config_path = \"/data/registries\"", text, StringComparison.Ordinal);

        // Sandboxes' image is not removed when space is short; 2.1 is told how to pull, others don't know the word.
        Assert.Contains(
            text.Contains("version = 3", StringComparison.Ordinal)
                ? "\"io.containerd.cri.v1.images\".pinned_images]\n  sandbox = \"pause\"\n"
                : "  sandbox_image = \"pause\"\n",
            text,
            StringComparison.Ordinal);
        Assert.Equal(
            version == "2.1.0", text.Contains("use_local_image_pull = true\n", StringComparison.Ordinal));
    }
}
