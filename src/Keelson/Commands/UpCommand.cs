using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;
using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.Commands;

/// <summary><c>keelson up</c>: a cluster in the foreground.</summary>
internal static class UpCommand
{
    /// <summary>Describes the command and its options.</summary>
    public static Command Create()
    {
        Option<bool> noNode = new("--no-node") { Description = "Start the control plane only, without a node agent." };
        Option<DirectoryInfo?> data =
            new("--data-dir") { Description = "Where the cluster is kept. Default: ~/.keelson." };
        Option<string> bind = new("--bind-address")
        {
            Description = "The address to listen on.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        Option<int> port = new("--secure-port")
        {
            Description = "The port to listen on; 0 takes a free one.",
            DefaultValueFactory = _ => 6443,
        };
        Option<int> simulated = new("--simulated-nodes")
        {
            Description = "Add this many nodes without containers: their pods run as their specs say, in simulation.",
        };
        Option<FileInfo?> simulation = new("--simulated-node-config")
        {
            Description = "A file that says what simulated nodes are like: shapes, zones, delays, failure rates.",
        };
        Command command = new("up", "Start a cluster and keep it running until interrupted.")
        {
            noNode, data, bind, port, simulated, simulation,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!IPAddress.TryParse(parsed.GetValue(bind), out IPAddress? address))
            {
                await Console.Error.WriteLineAsync($"--bind-address: \"{parsed.GetValue(bind)}\" is no IP address");
                return 2;
            }

            if (parsed.GetValue(port) is < 0 or > 65535)
            {
                await Console.Error.WriteLineAsync(
                    $"--secure-port: {parsed.GetValue(port)} is no port; ports are 0 to 65535");
                return 2;
            }

            string directory = parsed.GetValue(data)?.FullName
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".keelson");
            if (!TryReadSimulation(parsed.GetValue(simulated), parsed.GetValue(simulation), out SimulatedNodesConfig? nodes, out string? error))
            {
                await Console.Error.WriteLineAsync(error);
                return 2;
            }

            ControlPlaneConfig config = new()
            {
                DataDirectory = directory,
                BindAddress = address,
                SecurePort = parsed.GetValue(port),
                SimulatedNodes = nodes,
                Log = Console.Error.WriteLine,
            };
            return await RunAsync(config, cancellation);
        });
        return command;
    }

    private static bool TryReadSimulation(
        int count, FileInfo? file, out SimulatedNodesConfig? nodes, [NotNullWhen(false)] out string? error)
    {
        nodes = null;
        error = count < 0 ? $"--simulated-nodes: {count} is below zero" : null;
        if (error is not null || (count == 0 && file is null))
        {
            return error is null;
        }

        try
        {
            nodes = file is null ? new SimulatedNodesConfig() : SimulatedNodesFile.Read(file.FullName);
            nodes = count > 0 ? nodes with { Count = count } : nodes;
        }
        catch (SimulatedNodesFileException exception)
        {
            error = "--simulated-node-config: " + exception.Message;
        }

        return error is null;
    }

    private static async Task<int> RunAsync(ControlPlaneConfig config, CancellationToken cancellation)
    {
        long start = TimeProvider.System.GetTimestamp();
        TaskCompletionSource<int> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult(0);
        }

        config = config with
        {
            OnFatal = exception =>
            {
                Console.Error.WriteLine("keelson: " + exception.Message);
                end.TrySetResult(1);
            },
        };
        try
        {
            using MemoryUpkeep memory = new(TimeProvider.System);
            await using ControlPlane plane = await ControlPlane.StartAsync(config, cancellation);
            TimeSpan took = TimeProvider.System.GetElapsedTime(start);
            Console.WriteLine($"Keelson is ready at {plane.Url} after {took.TotalMilliseconds:F0} ms. KUBECONFIG={plane.AdminKubeconfig}");
            return await end.Task;
        }
        catch (Exception exception) when (exception is IOException or Cluster.Pki.PkiException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync("keelson: " + exception.Message);
            return 1;
        }
    }
}
