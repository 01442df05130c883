using System.CommandLine;
using System.Runtime.InteropServices;

namespace Keelson.Commands.Up;

/// <summary><c>keelson stop</c>: ends a cluster that runs on this machine.</summary>
internal static partial class StopCommand
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Describes the command and its options.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo?> data = DataDirectory.Option();
        Command command = new(
            "stop", "Stop the cluster that runs on this machine, its pods first. What it keeps stays.")
        {
            data,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string directory = DataDirectory.Of(parsed.GetValue(data));
            if (RunState.Read(directory) is not { } running)
            {
                Console.WriteLine($"No cluster of {directory} is running.");
                return 0;
            }

            return await StopAsync(running, cancellation) ? 0 : 1;
        });
        return command;
    }

    /// <summary>Asks the process to end, and waits until it has; false when it has not.</summary>
    public static async Task<bool> StopAsync(RunState running, CancellationToken cancellation)
    {
        Console.WriteLine($"Stopping the cluster at {running.Url} (process {running.Process}).");
        long start = TimeProvider.System.GetTimestamp();
        if (Kill(running.Process, Terminate) != 0)
        {
            await Console.Error.WriteLineAsync(
                $"keelson: process {running.Process} can't be told to stop; is it another user's?");
            return false;
        }

        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (running.IsRunning)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                await Console.Error.WriteLineAsync(
                    $"keelson: process {running.Process} still runs after {Patience.TotalSeconds} s; kill -9 ends "
                        + $"it without harm to what it keeps");
                return false;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }

        Console.WriteLine($"Stopped after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s.");
        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
