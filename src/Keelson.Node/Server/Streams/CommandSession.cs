using System.IO.Pipelines;
using System.Net.WebSockets;
using Keelson.Nodes.Server.Backends;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;

namespace Keelson.Nodes.Server.Streams;

/// <summary>Connects a client with a command that is ready to run, over SPDY or a WebSocket.</summary>
internal sealed class CommandSession(KubeletCall call, StreamSelection selection, bool isAttach)
{
    private static readonly string[] SpdyVersions =
        [StreamNames.RemoteCommandV4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

    private static readonly string[] SocketVersions =
        [StreamNames.RemoteCommandV5, StreamNames.RemoteCommandV4, "channel.k8s.io", ""];

    /// <summary>How long a client has to open its streams (upstream: 30 seconds).</summary>
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a client has to open its channels. kubectl up to 1.33 reads while it still opens them, and throws away
    /// what comes for one that is not open; a command takes longer than this to start.
    /// </summary>
    private static readonly TimeSpan ChannelPatience = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a client has to end its side after it was told the status.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    /// <summary>Serves the request; done when the command is over.</summary>
    public Task ServeAsync(CommandRun run) =>
        StreamUpgrade.IsWebSocket(call.Http.Request) ? OverWebSocketAsync(run) : OverSpdyAsync(run);

    private async Task OverSpdyAsync(CommandRun run)
    {
        if (await StreamUpgrade.ToSpdyAsync(call, SpdyVersions) is not var (bytes, protocol))
        {
            return;
        }

        bool hasResize = protocol is StreamNames.RemoteCommandV4 or "v3.channel.k8s.io";
        await using SpdyConnection connection = SpdyConnection.AsServer(bytes);
        using CancellationTokenSource patience = new(StreamPatience, call.Clock);
        RemoteCommandStreams streams = await RemoteCommandStreams.AcceptAsync(
            connection, selection, hasResize, patience.Token);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        _ = CancelAfterAsync(connection.Completion, gone);
        TerminalSizes sizes = new();
        Task resizing = streams.Resize is { } resize ? sizes.ReadAsync(resize, gone.Token) : Task.CompletedTask;
        CommandEnd end = await RunAsync(run, new CommandStreams(
            streams.Stdin, streams.Stdout, streams.Stderr, selection.Tty ? sizes.Reader : null), gone.Token);
        byte[] status = CommandStatus.Write(end, isAttach, protocol == StreamNames.RemoteCommandV4);
        await streams.Error.WriteAsync(status, gone.Token);
        foreach (SpdyStream? one in (SpdyStream?[])[streams.Stdout, streams.Stderr, streams.Error])
        {
            await (one?.CompleteWritesAsync(gone.Token) ?? default);
        }

        // The client hangs up when it has read the status; what it has not read is not cut off.
        await Task.WhenAny(connection.Completion, Task.Delay(ClosePatience, call.Clock, gone.Token));
        await gone.CancelAsync();
        await resizing;
    }

    private async Task OverWebSocketAsync(CommandRun run)
    {
        if (await StreamUpgrade.ToWebSocketAsync(call, SocketVersions.Contains) is not var (socket, protocol))
        {
            return;
        }

        using WebSocket owned = socket;
        ChannelSocket channels = new(socket);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        Pipe? input = selection.Stdin ? new Pipe() : null;
        TerminalSizes sizes = new();
        Task opened = OpenAsync(channels, gone.Token);
        Task receiving = ReceiveAsync(channels, input?.Writer, sizes, gone);
        CommandEnd end = await RunAsync(run, new CommandStreams(
            input?.Reader.AsStream(),
            selection.Stdout ? new ChannelStream(channels, StreamChannels.Stdout, opened) : null,
            selection.Stderr && !selection.Tty ? new ChannelStream(channels, StreamChannels.Stderr, opened) : null,
            selection.Tty ? sizes.Reader : null), gone.Token);
        await opened;
        bool isStatus = protocol is StreamNames.RemoteCommandV5 or StreamNames.RemoteCommandV4;
        byte[] status = CommandStatus.Write(end, isAttach, isStatus);
        if (status.Length > 0)
        {
            await channels.SendAsync(StreamChannels.Error, status, gone.Token);
        }

        // Input that nobody reads any more must not hold up the client's goodbye.
        await (input?.Reader.CompleteAsync() ?? default);
        await channels.SayGoodbyeAsync();
        await Task.WhenAny(receiving, Task.Delay(ClosePatience, call.Clock));
        if (!receiving.IsCompleted)
        {
            call.Http.Abort();
            await receiving;
        }
    }

    /// <summary>Tells the client by an empty message that the connection stands.</summary>
    private async Task OpenAsync(ChannelSocket channels, CancellationToken cancellation)
    {
        await Task.Delay(ChannelPatience, call.Clock, cancellation);
        byte first = selection.Stdout ? StreamChannels.Stdout
            : selection.Stderr ? StreamChannels.Stderr : StreamChannels.Error;
        await channels.SendAsync(first, default, cancellation);
    }

    /// <summary>Passes the client's input on until the client is gone, which ends the command.</summary>
    private static async Task ReceiveAsync(
        ChannelSocket channels, PipeWriter? input, TerminalSizes sizes, CancellationTokenSource gone)
    {
        try
        {
            await channels.ReceiveAsync(
                async (channel, data) =>
                {
                    if (channel == StreamChannels.Resize)
                    {
                        sizes.Add(data.Span);
                    }
                    else if (channel == StreamChannels.Stdin && input is not null)
                    {
                        await (data.IsEmpty ? input.CompleteAsync() : WriteAsync(input, data));
                    }
                },
                CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or InvalidOperationException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            // The client is gone, or wrote into an input that it had closed.
        }

        sizes.End();
        await (input?.CompleteAsync() ?? default);
        await gone.CancelAsync();
    }

    private static async ValueTask WriteAsync(PipeWriter input, ReadOnlyMemory<byte> data) =>
        await input.WriteAsync(data);

    private static async Task<CommandEnd> RunAsync(
        CommandRun run, CommandStreams streams, CancellationToken cancellation)
    {
        try
        {
            return await run(streams, cancellation);
        }
        catch (IOException exception)
        {
            return new CommandEnd(0, exception.Message);
        }
    }

    private static async Task CancelAfterAsync(Task over, CancellationTokenSource source)
    {
        await over;
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The command was over before.
        }
    }
}
