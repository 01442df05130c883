using System.Globalization;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>Which shims containerd has forgotten.</summary>
public sealed class ForgottenShimsTests : IDisposable
{
    private const string Socket = "/data/containerd.sock";
    private const string Bundle = "/state/io.containerd.runtime.v2.task/k8s.io/abc";
    private readonly string _processes = Directory.CreateTempSubdirectory("keelson-shims-").FullName;

    public void Dispose() => Directory.Delete(_processes, recursive: true);

    [Fact]
    public void A_shim_without_bundle_and_container_is_forgotten()
    {
        Shim(10, Bundle + " (deleted)");
        Shim(11, Bundle);
        Shim(12, Bundle + " (deleted)");
        Process(13, "sleep 100", parent: 12, "sleep\0100\0", "/");
        Shim(14, Bundle + " (deleted)", socket: "/run/containerd/containerd.sock");
        Shim(15, Bundle + " (deleted)", space: "moby");
        Process(16, "a) b (c", parent: 1, "a\0-namespace\0k8s.io\0-address\0" + Socket + "\0", "/x (deleted)");
        Directory.CreateDirectory(Path.Combine(_processes, "17"));
        Directory.CreateDirectory(Path.Combine(_processes, "self"));
        Assert.Equal([10], new ForgottenShims(Socket, _processes).Find());
    }

    private void Shim(int id, string directory, string socket = Socket, string space = "k8s.io") => Process(
        id, "containerd-shim", 1,
        $"/usr/bin/containerd-shim-runc-v2\0-namespace\0{space}\0-id\0abc\0-address\0{socket}\0", directory);

    private void Process(int id, string name, int parent, string line, string directory)
    {
        string path = Path.Combine(_processes, id.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "stat"), $"{id} ({name}) S {parent} {id} {id} 0 -1\n");
        File.WriteAllText(Path.Combine(path, "cmdline"), line);
        File.CreateSymbolicLink(Path.Combine(path, "cwd"), directory);
    }
}
