using System.Diagnostics;
using System.Text;

namespace Keelson.Network.Nft;

/// <summary>The kernel's nftables.</summary>
internal interface INftables
{
    /// <summary>Applies a transaction: all of it or nothing.</summary>
    /// <exception cref="NftException">The kernel or nft refused it.</exception>
    Task ApplyAsync(string transaction, CancellationToken cancellationToken);

    /// <summary>Shows a table with numbers instead of names; null when there is none.</summary>
    /// <exception cref="NftException">It can't be shown, for another reason.</exception>
    Task<string?> ListAsync(string family, string table, CancellationToken cancellationToken);
}

/// <summary>Something that nftables refused.</summary>
internal sealed class NftException(string message) : Exception(message);

/// <summary>The program <c>nft</c>.</summary>
/// <param name="run">Runs programs where the node's network is.</param>
internal sealed class NftProgram(NodePrograms run) : INftables
{
    private const int Attempts = 3;

    public async Task ApplyAsync(string transaction, CancellationToken cancellationToken)
    {
        ProgramResult result = await run.RunAsync("nft", ["-f", "-"], cancellationToken, transaction);
        if (result.ExitCode != 0)
        {
            throw new NftException(result.Error.Trim());
        }
    }

    public async Task<string?> ListAsync(string family, string table, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            ProgramResult result = await run.RunAsync(
                "nft", ["-n", "list", "table", family, table], cancellationToken);
            if (result.ExitCode == 0)
            {
                return result.Output;
            }

            if (result.Error.Contains("No such file or directory", StringComparison.Ordinal))
            {
                return null;
            }

            // A listing is put together from several answers of the kernel, and fails while rules change.
            if (attempt == Attempts)
            {
                throw new NftException(result.Error.Trim());
            }
        }
    }
}

/// <summary>What a program left.</summary>
internal readonly record struct ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs the machine's programs, in the network namespace that stands for the node.</summary>
/// <param name="networkNamespace">A name under <c>/run/netns</c>; empty for the process's own.</param>
internal sealed class NodePrograms(string networkNamespace = "")
{
    // Where administration programs are, should the process's own PATH leave them out.
    private const string AdministrationPaths = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

    /// <summary>The namespace's name; empty for the process's own.</summary>
    public string NetworkNamespace { get; } = networkNamespace;

    /// <summary>True when a program of that name is there.</summary>
    public static bool IsThere(string program) =>
        AdministrationPaths.Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>Runs a program to its end.</summary>
    public async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string input = "")
    {
        using Process process = Start(program, arguments, input.Length > 0);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            if (input.Length > 0)
            {
                await WriteAsync(process, input, cancellationToken);
            }

            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program whose end somebody else sees to.</summary>
    public Process Start(string program, IReadOnlyList<string> arguments, bool hasInput = false)
    {
        ProcessStartInfo start = new()
        {
            FileName = Find(NetworkNamespace.Length == 0 ? program : "ip"),
            RedirectStandardInput = hasInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (NetworkNamespace.Length > 0)
        {
            foreach (string one in (string[])["netns", "exec", NetworkNamespace, Find(program)])
            {
                start.ArgumentList.Add(one);
            }
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new IOException($"{program} could not be started");
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it read all; its exit code says why.
        }
    }

    private static string Find(string program)
    {
        foreach (string directory in AdministrationPaths.Split(':'))
        {
            string path = Path.Combine(directory, program);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return program;
    }
}
