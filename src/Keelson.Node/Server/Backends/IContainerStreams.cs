using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Streaming.RemoteCommand;

namespace Keelson.Nodes.Server.Backends;

/// <summary>
/// Commands in containers, attachments to them, and their ports. The server has found the container among those that
/// run before it asks. A runtime that streams by itself is brought in by <see cref="Streams.RuntimeStreaming"/>.
/// </summary>
public interface IContainerStreams
{
    /// <summary>Prepares a command in a container; a refusal goes to the client before the upgrade.</summary>
    ValueTask<KubeletResult<CommandRun>> ExecAsync(ContainerCommand command, CancellationToken cancellationToken);

    /// <summary>Prepares an attachment to a container's first process; the command has no words.</summary>
    ValueTask<KubeletResult<CommandRun>> AttachAsync(ContainerCommand command, CancellationToken cancellationToken);

    /// <summary>Prepares forwarding into a pod.</summary>
    ValueTask<KubeletResult<PortDialer>> ForwardAsync(Pod pod, CancellationToken cancellationToken);
}

/// <summary>A command to run.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="Words">The command.</param>
/// <param name="Streams">Which streams are connected.</param>
public sealed record ContainerCommand(
    Pod Pod, string ContainerName, IReadOnlyList<string> Words, StreamSelection Streams);

/// <summary>
/// Runs a prepared command until it has ended; what it writes has been written to the streams then. Cancelled when the
/// client is gone.
/// </summary>
public delegate Task<CommandEnd> CommandRun(CommandStreams streams, CancellationToken cancellationToken);

/// <summary>
/// Connects to a port of a pod. A refusal's text follows upstream's <c>error forwarding port …: </c>.
/// </summary>
public delegate ValueTask<KubeletResult<ForwardedConnection>> PortDialer(int port, CancellationToken cancellationToken);

/// <summary>The streams of a command that runs; null for those that are not connected.</summary>
/// <param name="Stdin">To read the client's input from; ends when the client closes it.</param>
/// <param name="Stdout">To write output to; with a terminal all of it.</param>
/// <param name="Stderr">To write errors to.</param>
/// <param name="Resizes">The terminal's sizes; null without a terminal.</param>
public sealed record CommandStreams(
    Stream? Stdin, Stream? Stdout, Stream? Stderr, ChannelReader<TerminalSize>? Resizes);

/// <summary>The size of a terminal.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Error">Why it could not be run; null when it was.</param>
public sealed record CommandEnd(int ExitCode, string? Error = null);

/// <summary>A connection to a port.</summary>
/// <param name="Bytes">Both ways; the server disposes it.</param>
/// <param name="Failure">What went wrong by the end; an empty text for nothing.</param>
public sealed record ForwardedConnection(Stream Bytes, Task<string> Failure)
{
    /// <summary>A connection that tells of no failures but its own.</summary>
    public static ForwardedConnection Of(Stream bytes) => new(bytes, Task.FromResult(""));
}
