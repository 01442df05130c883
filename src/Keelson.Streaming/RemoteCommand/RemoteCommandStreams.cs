using Keelson.Streaming.Spdy;

namespace Keelson.Streaming.RemoteCommand;

/// <summary>The streams of one remote command over SPDY: opened by whoever runs it, accepted by the node.</summary>
public sealed class RemoteCommandStreams : IAsyncDisposable
{
    private readonly SpdyConnection _connection;

    private RemoteCommandStreams(SpdyConnection connection, IReadOnlyDictionary<string, SpdyStream> streams)
    {
        _connection = connection;
        Error = streams[StreamNames.Error];
        Stdin = streams.GetValueOrDefault(StreamNames.Stdin);
        Stdout = streams.GetValueOrDefault(StreamNames.Stdout);
        Stderr = streams.GetValueOrDefault(StreamNames.Stderr);
        Resize = streams.GetValueOrDefault(StreamNames.Resize);
    }

    /// <summary>The status.</summary>
    public SpdyStream Error { get; }

    /// <summary>Input; null for none.</summary>
    public SpdyStream? Stdin { get; }

    /// <summary>Output; null for none.</summary>
    public SpdyStream? Stdout { get; }

    /// <summary>Errors; null for none.</summary>
    public SpdyStream? Stderr { get; }

    /// <summary>Sizes of the terminal; null without one.</summary>
    public SpdyStream? Resize { get; }

    /// <summary>Opens the streams on the side that runs a command.</summary>
    /// <exception cref="IOException">A stream was refused, or the connection was lost.</exception>
    public static async Task<RemoteCommandStreams> OpenAsync(
        SpdyConnection connection, StreamSelection selection, CancellationToken cancellation)
    {
        Dictionary<string, SpdyStream> streams = new(StringComparer.Ordinal);
        foreach (string type in TypesOf(selection, hasResize: true))
        {
            SpdyStream stream = await connection.OpenStreamAsync(StreamNames.HeadersOf(type), cancellation);
            streams[type] = stream;
            if (type == StreamNames.Error)
            {
                // Not later: with the last stream the command starts, and a quick one ends the connection at once.
                await stream.CompleteWritesAsync(cancellation);
            }
        }

        return new RemoteCommandStreams(connection, streams);
    }

    /// <summary>Waits for the streams on the side of the node.</summary>
    /// <param name="connection">The connection, after the upgrade.</param>
    /// <param name="selection">What the request asked for.</param>
    /// <param name="hasResize">Whether the protocol's version has sizes (from v3 on).</param>
    /// <param name="cancellation">Ends waiting; upstream gives clients 30 seconds.</param>
    /// <exception cref="IOException">The client opened something else, or went away.</exception>
    public static async Task<RemoteCommandStreams> AcceptAsync(
        SpdyConnection connection, StreamSelection selection, bool hasResize, CancellationToken cancellation)
    {
        HashSet<string> missing = [.. TypesOf(selection, hasResize)];
        Dictionary<string, SpdyStream> streams = new(StringComparer.Ordinal);
        while (missing.Count > 0)
        {
            SpdyStream stream = await connection.AcceptStreamAsync(cancellation)
                ?? throw new SpdyStreamEndedException("the client went away before it had opened every stream");
            string type = stream.Headers.GetValueOrDefault(StreamNames.TypeHeader, "");
            if (!missing.Remove(type))
            {
                await stream.ResetAsync(SpdyStatus.RefusedStream, cancellation);
                throw new SpdyProtocolException($"unexpected stream type: \"{type}\"");
            }

            await stream.AcceptAsync(cancellation);
            streams[type] = stream;
        }

        return new RemoteCommandStreams(connection, streams);
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static IEnumerable<string> TypesOf(StreamSelection selection, bool hasResize)
    {
        yield return StreamNames.Error;
        if (selection.Stdin)
        {
            yield return StreamNames.Stdin;
        }

        if (selection.Stdout)
        {
            yield return StreamNames.Stdout;
        }

        if (selection.Stderr && !selection.Tty)
        {
            yield return StreamNames.Stderr;
        }

        if (selection.Tty && hasResize)
        {
            yield return StreamNames.Resize;
        }
    }
}
