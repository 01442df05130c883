using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Keelson.Cluster;
using Keelson.Machinery.Values;
using Keelson.Simulation;

namespace Keelson.Commands.Up;

/// <summary><c>keelson up</c>: a cluster in the foreground, or with <c>--detach</c> in the background.</summary>
internal sealed class UpCommand
{
    private readonly Option<bool> _noNode =
        new("--no-node") { Description = "Start the control plane only, without a node agent." };

    private readonly Option<DirectoryInfo?> _data = DataDirectory.Option();

    private readonly Option<string?> _bind = new("--bind-address")
    {
        Description = "The address to listen on. Default: all with a node, as pods call; 127.0.0.1 without.",
    };

    private readonly Option<int> _port = new("--secure-port")
    {
        Description = "The port to listen on; 0 takes a free one.",
        DefaultValueFactory = _ => 6443,
    };

    private readonly Option<int> _simulated = new("--simulated-nodes")
    {
        Description = "Add this many nodes without containers: their pods run as their specs say, in simulation.",
    };

    private readonly Option<FileInfo?> _simulation = new("--simulated-node-config")
    {
        Description = "A file that says what simulated nodes are like: shapes, zones, delays, failure rates.",
    };

    private readonly Option<string> _metricResolution = new("--metric-resolution")
    {
        Description = "How often nodes are asked what they and their pods use, such as 15s.",
        DefaultValueFactory = _ => "15s",
    };

    private readonly Option<bool> _detach = new("--detach", "-d")
    {
        Description = "Return when the cluster is ready, and leave it running in the background.",
    };

    private readonly Option<bool> _noInstall = new("--no-install")
    {
        Description = "Install no Debian packages; list what is missing instead.",
    };

    private readonly Option<bool> _leavePods = new("--leave-pods")
    {
        Description = "Let pods run on when this process ends; the next start takes them up again.",
    };

    private readonly Option<bool> _merge = new("--merge-kubeconfig")
    {
        Description = "Add the cluster to the user's own kubeconfig too, as context \"keelson\".",
    };

    private readonly NodeOptions _node = new();

    /// <summary>Describes the command and its options.</summary>
    public static Command Create() => new UpCommand().Describe();

    private Command Describe()
    {
        Command command = new("up", "Start a cluster and keep it running until interrupted.")
        {
            _noNode, _data, _bind, _port, _simulated, _simulation, _metricResolution, _detach, _noInstall, _leavePods,
                _merge,
        };
        foreach (Option option in _node.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            if (!TryRead(parsed, out UpOptions? options, out string? error))
            {
                await Console.Error.WriteLineAsync(error);
                return 2;
            }

            if (!parsed.GetValue(_detach))
            {
                return await new UpProcess(options).RunAsync(cancellation);
            }

            string[] arguments =
                [.. Environment.GetCommandLineArgs().Skip(1).Where(static one => one is not ("--detach" or "-d"))];
            return await DetachedProcess.StartAsync(arguments, options.DataDirectory, cancellation);
        });
        return command;
    }

    private bool TryRead(
        ParseResult parsed, [NotNullWhen(true)] out UpOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        int port = parsed.GetValue(_port);
        string directory = DataDirectory.Of(parsed.GetValue(_data));
        LocalNodeConfig? node = null;
        if (!parsed.GetValue(_noNode) && !_node.TryRead(parsed, directory, out node, out error))
        {
            return false;
        }

        string bind = parsed.GetValue(_bind) ?? (node is null ? "127.0.0.1" : "0.0.0.0");
        if (!IPAddress.TryParse(bind, out IPAddress? address))
        {
            error = $"--bind-address: \"{bind}\" is no IP address";
            return false;
        }

        if (port is < 0 or > 65535)
        {
            error = $"--secure-port: {port} is no port; ports are 0 to 65535";
            return false;
        }

        if (!TryReadSimulation(parsed.GetValue(_simulated), parsed.GetValue(_simulation),
            out SimulatedNodesConfig? nodes, out error))
        {
            return false;
        }

        string resolution = parsed.GetValue(_metricResolution)!;
        if (!GoDuration.TryParse(resolution, out TimeSpan period, out string? problem)
            || period < TimeSpan.FromSeconds(1))
        {
            error = "--metric-resolution: " + (problem ?? $"{resolution} is less than a second");
            return false;
        }

        options = new UpOptions
        {
            DataDirectory = directory,
            BindAddress = address,
            SecurePort = port,
            SimulatedNodes = nodes,
            MetricResolution = period,
            Node = node,
            MayInstall = !parsed.GetValue(_noInstall),
            LeavesPods = parsed.GetValue(_leavePods),
            MergesKubeconfig = parsed.GetValue(_merge),
        };
        return true;
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
}
