using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>Whether a runtime makes containers on this machine.</summary>
public sealed class OciRuntimeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-runtime-").FullName;

    private string Record => Path.Combine(_directory, "record");

    private string Trial => Path.Combine(_directory, "trial");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    public async Task An_installed_one_makes_a_container_and_leaves_nothing(string name)
    {
        string? program = HostAbilities.FindProgram(name);
        Assert.SkipUnless(program is not null && Environment.IsPrivilegedProcess, $"{name} and root are needed");
        ControlGroupMounts groups = new(new LinuxMounts(), Record);
        groups.Complete();
        Assert.Null(await new OciRuntime(name, program).TryAsync(Trial, TestContext.Current.CancellationToken));
        groups.Undo();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", $"keelson-trial-{Environment.ProcessId}",
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }));
    }

    [Fact]
    public async Task What_a_runtime_says_is_the_reason_that_it_is_not_used()
    {
        string program = Path.Combine(_directory, "crun");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho \"$3: no such machine\" >&2\nexit 7\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string? failure = await new OciRuntime("crun", program).TryAsync(Trial, TestContext.Current.CancellationToken);
        Assert.Equal("create: no such machine", failure);
        Assert.False(Directory.Exists(Trial));
    }
}
