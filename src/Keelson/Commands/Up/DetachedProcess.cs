using System.Diagnostics;
using System.Globalization;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Up;

/// <summary>A cluster in the background: the same command in a session of its own, with its words in a file.</summary>
internal static class DetachedProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Starts it and waits until it is ready; what it says on the way there is shown.</summary>
    /// <param name="arguments">The command line of the process, to stay in the foreground.</param>
    /// <param name="dataDirectory">Where the cluster is kept, and the file <c>keelson.log</c>.</param>
    /// <param name="console">Where what it says is shown.</param>
    /// <param name="cancellation">Ends the wait, not the cluster.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> StartAsync(
        IReadOnlyList<string> arguments,
        string dataDirectory,
        CommandConsole console,
        CancellationToken cancellation)
    {
        if (RunState.Read(dataDirectory) is { } running)
        {
            await console.Error.WriteLineAsync(
                $"keelson: the {running.What} of {dataDirectory} runs already (process {running.Process}) at "
                    + running.Url);
            return 1;
        }

        string log = Path.Combine(dataDirectory, "keelson.log");
        try
        {
            Directory.CreateDirectory(dataDirectory);
            await File.AppendAllTextAsync(log, "", cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(
                $"keelson: --data-dir {dataDirectory} can't be used: {exception.Message}");
            return 1;
        }

        long shown = new FileInfo(log).Length;
        int process = await SpawnAsync(arguments, log, cancellation);
        long start = console.Clock.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            bool isReady = RunState.Read(dataDirectory) is { IsStarting: false } state && state.Process == process;
            bool hasEnded = !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"));
            shown = await ShowAsync(log, shown, console.Output, cancellation);
            if (isReady)
            {
                console.Output.WriteLine(
                    $"It runs in the background as process {process}; its log is {log}. End it with: keelson stop");
                return 0;
            }

            if (hasEnded)
            {
                await console.Error.WriteLineAsync($"keelson: the process ended before it was ready; see {log}");
                return 1;
            }

            if (console.Clock.GetElapsedTime(start) > Patience)
            {
                await console.Error.WriteLineAsync(
                    $"keelson: process {process} is not ready after {Patience.TotalMinutes} minutes; see {log}");
                return 1;
            }
        }

        return 1;
    }

    private static async Task<int> SpawnAsync(
        IReadOnlyList<string> arguments, string log, CancellationToken cancellation)
    {
        // The shell puts the process into the background with its words going to the file, says its id, and is gone.
        const string script = "log=$1; shift; setsid \"$@\" >>\"$log\" 2>&1 </dev/null & echo $!";
        ProcessStartInfo start = new("/bin/sh", ["-c", script, "keelson", log, Environment.ProcessPath!, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process shell = Process.Start(start)!;
        string? id = await shell.StandardOutput.ReadLineAsync(cancellation);
        await shell.WaitForExitAsync(cancellation);
        return int.Parse(id ?? "0", CultureInfo.InvariantCulture);
    }

    private static async Task<long> ShowAsync(
        string log, long from, TextWriter output, CancellationToken cancellation)
    {
        await using FileStream file = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length <= from)
        {
            return from;
        }

        file.Seek(from, SeekOrigin.Begin);
        using StreamReader reader = new(file);
        string text = await reader.ReadToEndAsync(cancellation);
        await output.WriteAsync(text);
        return file.Length;
    }
}
