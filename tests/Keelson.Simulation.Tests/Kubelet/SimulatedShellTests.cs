using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Nodes.Server.Backends;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation.Tests.Kubelet;

public sealed class SimulatedShellTests
{
    private static readonly Container Main = new()
    {
        Name = "c",
        Env = [new EnvVar { Name = "COLOUR", Value = "blue" }],
    };

    private static readonly Pod Web = new()
    {
        Metadata = ObjectMeta.Empty with { Name = "web-0", Namespace = "shop", Uid = "u" },
        Spec = PodSpec.Empty with { Containers = [Main] },
    };

    [Theory]
    [InlineData(0, "a b\n", "", "echo", "a", "b")]
    [InlineData(0, "web-0\n", "", "hostname")]
    [InlineData(0, "web-0\n", "", "cat", "/etc/hostname")]
    [InlineData(0, "blue\n", "", "printenv", "COLOUR")]
    [InlineData(0, "is blue\n", "", "sh", "-c", "echo is $COLOUR")]
    [InlineData(0, "$COLOUR blue-1\n", "", "sh", "-c", "N=1; echo '$COLOUR' \"${COLOUR}-$N\"")]
    [InlineData(7, "one\n", "", "sh", "-c", "echo one && exit 7; echo two")]
    [InlineData(0, "yes\n", "", "sh", "-c", "false || echo yes; true || echo no")]
    [InlineData(1, "", "cat: can't open '/none': No such file or directory\n", "cat", "/none")]
    [InlineData(127, "", "sh: nonsense: not found\n", "sh", "-c", "nonsense")]
    [InlineData(0, "kept\n", "", "sh", "-c", "echo kept > /tmp/f; cat /tmp/f")]
    [InlineData(0, "", "seen\n", "sh", "-c", "echo seen >&2")]
    public async Task Commands_print_what_people_expect(int code, string output, string errors, params string[] words)
    {
        using MemoryStream stdout = new();
        using MemoryStream stderr = new();
        SimulatedShell shell = new(Web, Main, new PodFiles(Web), TimeProvider.System);
        CommandStreams streams = new(null, stdout, stderr, null);
        int ended = await shell.RunAsync(words, streams, TestContext.Current.CancellationToken);
        Assert.Equal((code, output, errors), (ended, Text(stdout), Text(stderr)));
    }

    [Fact]
    public async Task A_shell_reads_commands_from_its_input()
    {
        using MemoryStream stdin = new("echo one\ncat /etc/hostname\nexit 4\necho two\n"u8.ToArray());
        using MemoryStream stdout = new();
        SimulatedShell shell = new(Web, Main, new PodFiles(Web), TimeProvider.System);
        int ended = await shell.RunAsync(
            ["sh"], new CommandStreams(stdin, stdout, null, null), TestContext.Current.CancellationToken);
        Assert.Equal((4, "one\nweb-0\n"), (ended, Text(stdout)));
    }

    [Fact]
    public async Task Files_that_are_copied_in_come_out_again()
    {
        PodFiles files = new(Web);
        files.Write("/tmp/in/a.txt", "content"u8.ToArray());
        using MemoryStream archive = new();
        Assert.Equal(0, await files.TarAsync(
            ["cf", "-", "/tmp/in"],
            new CommandStreams(null, archive, null, null),
            TestContext.Current.CancellationToken));
        archive.Position = 0;
        PodFiles others = new(Web);
        Assert.Equal(0, await others.TarAsync(
            ["-xmf", "-", "-C", "/home"],
            new CommandStreams(archive, null, null, null),
            TestContext.Current.CancellationToken));
        Assert.Equal("content", Encoding.UTF8.GetString(others.Read("/home/tmp/in/a.txt")!));
        Assert.True(others.IsDirectory("/home/tmp/in"));
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
