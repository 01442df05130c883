using System.Runtime.InteropServices;
using Keelson.Client.Kubeconfigs;
using Keelson.Cluster.Joining;
using Keelson.Commands.Up;
using Keelson.Commands.UserCommands;
using Keelson.Machine;

namespace Keelson.Commands.Join;

/// <summary>A node in the foreground: from joining to the signal that ends it.</summary>
internal sealed class JoinProcess(WorkerNodeConfig config, bool mayInstall, CommandConsole console)
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        long start = console.Clock.GetTimestamp();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            _end.TrySetResult();
            stop.Cancel();
        }

        try
        {
            bool isFirst = JoinedNode.NameIn(config.DataDirectory) is null;
            string? problem = await NodeMachine.PrepareAsync(mayInstall, isFirst, "", console, stop.Token);
            problem ??= RunState.Read(config.DataDirectory) is { } running
                ? $"the {running.What} in {config.DataDirectory} runs already (process {running.Process}); stop it "
                    + "with keelson stop"
                : null;
            if (problem is not null)
            {
                await console.Error.WriteLineAsync("keelson: " + problem);
                return 1;
            }

            Directory.CreateDirectory(config.DataDirectory);
            using MemoryUpkeep memory = new(console.Clock);
            await using WorkerNode node = await WorkerNode.StartAsync(config, stop.Token);
            RunState own = RunState.Own(node.Server, config.Kubeconfig, config.Node.Name) with { IsJoined = true };
            (own with { IsStarting = true }).Write(config.DataDirectory);
            await Task.WhenAny(node.Ready, _end.Task);
            if (!_end.Task.IsCompleted)
            {
                TimeSpan took = console.Clock.GetElapsedTime(start);
                console.Output.WriteLine(
                    $"Node {config.Node.Name} of {node.Server} is Ready after {took.TotalSeconds:F1} s.");
                own.Write(config.DataDirectory);
            }

            await _end.Task;
            RunState.Remove(config.DataDirectory);
            console.Output.WriteLine("Pods run on. keelson join takes them up again; keelson reset ends them.");
            return 0;
        }
        catch (OperationCanceledException) when (_end.Task.IsCompleted)
        {
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or Cluster.Pki.PkiException or KubeconfigException or InvalidOperationException)
        {
            await console.Error.WriteLineAsync("keelson: " + exception.Message);
            return 1;
        }
    }
}
