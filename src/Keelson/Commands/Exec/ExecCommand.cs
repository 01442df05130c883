using System.Net.WebSockets;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;
using Keelson.Streaming.RemoteCommand;

namespace Keelson.Commands.Exec;

/// <summary><c>keelson exec</c>: a command in a container.</summary>
internal sealed class ExecCommand : ClusterCommand
{
    private readonly Flag<string> _container;
    private readonly Flag<bool> _stdin;
    private readonly Flag<bool> _tty;
    private readonly Flag<bool> _quiet;

    public ExecCommand()
        : base("exec", Text)
    {
        _container = Flags.Add(new Flag<string>(
            "container", FlagForms.Text, "", "The container; the pod's default one when not named.") { Letter = 'c' });
        _stdin = Flags.Add(new Flag<bool>("stdin", FlagForms.Truth, false, "Pass input on to the command.")
        {
            Letter = 'i',
            BareValue = "true",
        });
        _tty = Flags.Add(new Flag<bool>("tty", FlagForms.Truth, false, "Give the command a terminal.")
        {
            Letter = 't',
            BareValue = "true",
        });
        _quiet = Flags.Add(new Flag<bool>("quiet", FlagForms.Truth, false, "Print only what the command prints.")
        {
            Letter = 'q',
            BareValue = "true",
        });
    }

    private static CommandHelp Text { get; } = new(
        "Run a command in a container.", "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]")
    {
        Examples = """
            # A command in a pod
            keelson exec web -- date

            # A shell
            keelson exec -it web -- sh

            # In a container of a deployment's pod, with input
            keelson exec -i deployment/web -c server -- tar x < files.tar
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (Set.DashAt is not { } dash)
        {
            throw arguments.Count > 1
                ? Usage("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
                : new CommandException("you must specify at least one command for the container");
        }

        if (dash != 1)
        {
            throw Usage("pod, type/name or --filename must be specified");
        }

        if (arguments.Count < 2)
        {
            throw Usage("you must specify at least one command for the container");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ObjectTree pod = await PodFinder.OneAsync(Cluster, arguments[0], cancellation);
        string phase = pod.TextAt("status", "phase");
        if (phase is "Succeeded" or "Failed")
        {
            throw new CommandException($"cannot exec into a container in a completed pod; current phase is {phase}");
        }

        string container = _container.Value.Length > 0
            ? _container.Value
            : PodFinder.ContainerOf(pod, text => Console.Error.Write(_quiet.Value ? "" : text));
        bool isTerminal = _tty.Value && Console.IsTerminal;
        if (_tty.Value && !isTerminal)
        {
            Console.Error.Write("Unable to use a TTY - input is not a terminal or the right kind of file\n");
        }

        StreamSelection streams = new(_stdin.Value, Stdout: true, Stderr: !isTerminal, isTerminal);
        string path = $"/api/v1/namespaces/{pod.Namespace()}/pods/{pod.Name()}/exec?"
            + string.Concat(arguments.Skip(1).Select(word => $"command={Uri.EscapeDataString(word)}&"))
            + $"container={Uri.EscapeDataString(container)}{(streams.Stdin ? "&stdin=true" : "")}&stdout=true"
            + (streams.Stderr ? "&stderr=true" : "") + (isTerminal ? "&tty=true" : "");
        using ClientWebSocket socket = await Cluster.OpenWebSocketAsync(
            path, [StreamNames.RemoteCommandV5, StreamNames.RemoteCommandV4], cancellation);
        using RawTerminal? terminal = isTerminal ? RawTerminal.Enter() : null;
        RemoteProcess process = new(socket, streams, Console);
        return await process.RunAsync(cancellation) switch
        {
            { Failure: { } failure } => throw new CommandException(failure),
            { ExitCode: 0 } => 0,
            { ExitCode: var code } => throw new CommandException($"command terminated with exit code {code}")
            {
                IsBare = true,
                ExitCode = code,
            },
        };
    }
}
