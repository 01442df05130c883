using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Keelson.Nodes.Linux;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; 127 when it is not installed.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it wrote as errors.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>Runs programs of the machine to their end.</summary>
internal static class ProgramRun
{
    /// <summary>Runs a program with an input; it is killed when the call is cancelled.</summary>
    public static async Task<ProgramResult> RunAsync(
        ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception exception)
        {
            return new(127, "", $"fork/exec {start.FileName}: {LinuxError.Text(exception.NativeErrorCode)}");
        }

        using Process running = process!;
        try
        {
            Task<string> output = running.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = running.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(running.StandardInput, input, cancellationToken);
            await running.WaitForExitAsync(cancellationToken);
            return new(running.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            running.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a program and passes on what it writes, errors last; it is killed when the call is cancelled.
    /// </summary>
    public static async Task CopyAsync(ProcessStartInfo start, Stream output, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process running = Process.Start(start)!;
        try
        {
            Task<string> errors = running.StandardError.ReadToEndAsync(cancellationToken);
            await running.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
            await output.WriteAsync(Encoding.UTF8.GetBytes(await errors), cancellationToken);
            await running.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            running.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task WriteAsync(StreamWriter writer, string input, CancellationToken cancellationToken)
    {
        try
        {
            await writer.WriteAsync(input.AsMemory(), cancellationToken);
            writer.Close();
        }
        catch (IOException)
        {
            // It ended without reading, which its exit code will tell more about.
        }
    }
}
