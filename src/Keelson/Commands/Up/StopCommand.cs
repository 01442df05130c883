using System.Runtime.InteropServices;
using Keelson.Commands.Join;
using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Up;

/// <summary><c>keelson stop</c>: ends a cluster that runs on this machine.</summary>
internal sealed partial class StopCommand() : FoundClusterCommand("stop", Text)
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CommandHelp Text { get; } = new("Stop the cluster that runs on this machine, pods first.", "[flags]")
    {
        Description = """
            Stop the cluster that runs on this machine, its pods first, and wait until it has ended. What it keeps
            stays: keelson up brings all of it back. Pods of a node that joined another machine's cluster run on until
            keelson join takes them up again.
            """,
        Examples = """
            # The cluster in ~/.keelson
            keelson stop

            # One that is kept elsewhere
            keelson stop --data-dir /var/lib/keelson
            """,
        Notes = """
            Exit codes:
              0   it has ended, or did not run
              1   it could not be told to stop, or still runs after 90 seconds
              2   a flag, variable or configuration file is wrong
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        TakesNoArguments(arguments);
        string directory = DataDirectory;
        if (RunState.Read(directory) is not { } running)
        {
            Console.Output.WriteLine(JoinedNode.NameIn(directory) is { } node
                ? $"The node {node} of {directory} is not running."
                : $"No cluster of {directory} is running.");
            return 0;
        }

        return await StopAsync(running, Console, cancellation) ? 0 : 1;
    }

    /// <summary>Asks the process to end, and waits until it has; false when it has not.</summary>
    public static async Task<bool> StopAsync(RunState running, CommandConsole console, CancellationToken cancellation)
    {
        console.Output.WriteLine($"Stopping the {running.What} at {running.Url} (process {running.Process}).");
        long start = console.Clock.GetTimestamp();
        if (Kill(running.Process, Terminate) != 0)
        {
            await console.Error.WriteLineAsync(
                $"keelson: process {running.Process} can't be told to stop; is it another user's?");
            return false;
        }

        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (running.IsRunning)
        {
            if (console.Clock.GetElapsedTime(start) > Patience)
            {
                await console.Error.WriteLineAsync(
                    $"keelson: process {running.Process} still runs after {Patience.TotalSeconds} s; kill -9 ends "
                        + $"it without harm to what it keeps");
                return false;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }

        console.Output.WriteLine($"Stopped after {console.Clock.GetElapsedTime(start).TotalSeconds:F1} s.");
        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
