using System.Diagnostics;
using System.Runtime.InteropServices;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>The program of sandboxes, as a process.</summary>
public sealed class PauseProgramTests
{
    [Fact]
    public async Task It_waits_until_it_is_asked_to_end()
    {
        byte[]? program = PauseProgram.For(RuntimeInformation.ProcessArchitecture);
        Assert.SkipWhen(program is null, "there is no program for this processor");
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, program);
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
            using Process process = Process.Start(file);
            Assert.False(process.WaitForExit(200));
            using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Programs_are_small_and_there_for_both_processors()
    {
        Assert.Equal(0x3e, PauseProgram.For(Architecture.X64)![18]);
        Assert.Equal(0xb7, PauseProgram.For(Architecture.Arm64)![18]);
        Assert.InRange(PauseProgram.For(Architecture.Arm64)!.Length, 120, 300);
    }
}
