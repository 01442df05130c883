using System.Diagnostics;

namespace Keelson.EndToEnd.Tests.Up;

/// <summary><c>keelson up --detach</c>, <c>status</c> and <c>stop</c>, as processes.</summary>
public sealed class DetachedTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-up-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_cluster_in_the_background_is_seen_and_stopped()
    {
        (int code, string said) = await RunAsync("status");
        Assert.Equal(3, code);
        (code, said) = await RunAsync("up", "--no-node", "--secure-port", "0", "--detach");
        Assert.True(code == 0, said);
        Assert.Contains("Keelson is ready at https://127.0.0.1:", said);
        (code, said) = await RunAsync("status");
        Assert.True(code == 0, said);
        Assert.Contains("API server   answers", said);
        (code, said) = await RunAsync("up", "--no-node", "--secure-port", "0", "--detach");
        Assert.Equal(1, code);
        Assert.Contains("runs already", said);
        (code, said) = await RunAsync("up", "--no-node", "--secure-port", "0");
        Assert.Equal(1, code);
        Assert.Contains("runs already (process ", said);
        (code, said) = await RunAsync("stop");
        Assert.True(code == 0, said);
        Assert.False(File.Exists(Path.Combine(_directory, "run.json")));
        (code, _) = await RunAsync("status");
        Assert.Equal(3, code);
    }

    [Fact]
    public async Task A_directory_that_can_t_be_used_is_named()
    {
        string file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "");
        (int code, string said) = await RunAsync(["up", "--no-node", "--detach", "--data-dir", file], false);
        Assert.Equal(1, code);
        Assert.Contains(file, said);
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) => RunAsync(arguments, true);

    private async Task<(int Code, string Said)> RunAsync(string[] arguments, bool inDirectory)
    {
        ProcessStartInfo start = new(ProgramUnderTest.Path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in inDirectory ? [.. arguments, "--data-dir", _directory] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output + await errors);
    }
}
