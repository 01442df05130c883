using System.Diagnostics;
using System.Text;
using Keelson.Commands.UserCommands;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandRun(string Output, string Error, int ExitCode)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command of the program in this process.</summary>
    /// <param name="kubeconfig">The cluster.</param>
    /// <param name="line">The words behind <c>keelson</c>.</param>
    /// <param name="input">Standard input.</param>
    public static async Task<CommandRun> KeelsonAsync(
        string kubeconfig, IReadOnlyList<string> line, string input = "", TimeSpan? limit = null)
    {
        using MemoryStream output = new();
        using MemoryStream error = new();
        using StreamWriter outputText = new(output, new UTF8Encoding(false)) { AutoFlush = true };
        using StreamWriter errorText = new(error, new UTF8Encoding(false)) { AutoFlush = true };
        CommandConsole console = new()
        {
            Output = outputText,
            Error = errorText,
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            OpenOutput = () => new Unclosed(output),
            OpenError = () => new Unclosed(error),
            Environment = name => name == "KUBECONFIG" ? kubeconfig : Environment.GetEnvironmentVariable(name),
        };
        using CancellationTokenSource end = new(limit ?? Patience);
        int code = -1;
        try
        {
            code = await CommandCatalog.RunAsync(line, console, end.Token).WaitAsync(Patience);
        }
        catch (OperationCanceledException) when (limit is not null)
        {
            // Commands that go on until they are interrupted end so.
        }

        return new(Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()), code);
    }

    /// <summary>Runs a program.</summary>
    public static async Task<CommandRun> ProgramAsync(
        string program, string kubeconfig, IReadOnlyList<string> line, string input = "")
    {
        ProcessStartInfo start = new(program, line)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return new(await output, error, process.ExitCode);
    }

    /// <summary>Writers of bytes may end while the stream is still read.</summary>
    private sealed class Unclosed(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            lock (inner)
            {
                inner.Write(buffer, offset, count);
            }
        }
    }
}
