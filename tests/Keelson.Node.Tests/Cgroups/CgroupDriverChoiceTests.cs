using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Cgroups;

/// <summary>Whom a node has make control groups.</summary>
public sealed class CgroupDriverChoiceTests : IDisposable
{
    private const string OfContainerd = """
        {"containerd":{"defaultRuntimeName":"crun","runtimes":{"runc":{"options":{"SystemdCgroup":false}},
        "crun":{"runtimeType":"io.containerd.runc.v2","options":{"BinaryName":"","SystemdCgroup":true}}}}}
        """;

    private readonly TestNode _node = new();
    private readonly List<string> _logged = [];

    [Theory]
    [InlineData("Systemd", "", "", "systemd")]
    [InlineData("Systemd", "", "cgroupfs", "systemd")]
    [InlineData("Cgroupfs", "", "systemd", "cgroupfs")]
    [InlineData(null, OfContainerd, "cgroupfs", "systemd")]
    [InlineData(null, "{}", "systemd", "systemd")]
    [InlineData(null, "", "", "cgroupfs")]
    public async Task The_runtime_says_it_and_the_configuration_where_that_does_not(
        string? said, string status, string configured, string expected)
    {
        await using TestRuntime runtime = await TestRuntime.StartAsync(_node.DirectoryFor("cri"));
        runtime.CgroupDriver = said is null ? null : Enum.Parse<CgroupDriver>(said);
        runtime.Configuration = status;
        NodeAgentConfig config = new()
        {
            NodeName = "n", Client = _node.Api, Informers = _node.Api, RootDirectory = "/", CgroupDriver = configured,
            Log = _logged.Add,
        };
        Assert.Equal(
            expected,
            await CgroupDriverChoice.AskAsync(runtime.Client, config, TestContext.Current.CancellationToken));
        Assert.Equal(configured.Length > 0 && configured != expected ? 1 : 0, _logged.Count);
    }

    [Theory]
    [InlineData("""{"containerd":{"defaultRuntimeName":"runc","runtimes":{"runc":{"options":null}}}}""", "cgroupfs")]
    [InlineData("""{"containerd":{"defaultRuntimeName":"runc","runtimes":{}}}""", null)]
    [InlineData("""{"containerd":[]}""", null)]
    [InlineData("[]", null)]
    [InlineData("text", null)]
    public void A_status_that_says_nothing_of_it_is_passed_over(string configuration, string? expected) =>
        Assert.Equal(expected, CgroupDriverChoice.OfContainerd(configuration));

    public void Dispose() => _node.Dispose();
}
