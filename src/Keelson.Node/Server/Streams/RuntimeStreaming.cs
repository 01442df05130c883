using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text;
using Keelson.Nodes.Server.Backends;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;

namespace Keelson.Nodes.Server.Streams;

/// <summary>
/// Brings in a container runtime that streams by itself: what its Exec, Attach and PortForward calls give is a URL at
/// which SPDY is spoken.
/// </summary>
public static class RuntimeStreaming
{
    private const int LongestText = 64 * 1024;

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <summary>A command (or an attachment) that runs behind a URL.</summary>
    public static CommandRun CommandAt(Uri url, StreamSelection selection) =>
        (streams, cancellation) => RunAsync(url, selection, streams, cancellation);

    /// <summary>Ports of a pod behind a URL; the URL is asked for when the first connection comes.</summary>
    public static PortDialer PortsAt(Func<CancellationToken, ValueTask<Uri>> url) =>
        async (port, cancellation) => await DialAsync(await url(cancellation), port, cancellation);

    private static async Task<CommandEnd> RunAsync(
        Uri url, StreamSelection selection, CommandStreams streams, CancellationToken cancellation)
    {
        (HttpResponseMessage response, string refusal) = await UpgradeAsync(
            url, StreamNames.RemoteCommandVersions.Skip(1), cancellation);
        using (response)
        {
            if (refusal.Length > 0)
            {
                return new CommandEnd(0, refusal);
            }

            Stream bytes = await response.Content.ReadAsStreamAsync(cancellation);
            await using SpdyConnection connection = SpdyConnection.AsClient(bytes);
            RemoteCommandStreams remote = await RemoteCommandStreams.OpenAsync(connection, selection, cancellation);
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task input = PassInputAsync(streams.Stdin, remote.Stdin, over.Token);
            Task resizing = PassSizesAsync(streams, remote.Resize, over.Token);
            await Task.WhenAll(
                CopyAsync(remote.Stdout, streams.Stdout, over.Token),
                CopyAsync(remote.Stderr, streams.Stderr, over.Token));
            byte[] text = new byte[LongestText];
            int length = await remote.Error.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, over.Token);
            await over.CancelAsync();
            await Task.WhenAll(input, resizing);
            return CommandStatus.Read(Encoding.UTF8.GetString(text, 0, length));
        }
    }

    private static async ValueTask<KubeletResult<ForwardedConnection>> DialAsync(
        Uri url, int port, CancellationToken cancellation)
    {
        (HttpResponseMessage response, string refusal) =
            await UpgradeAsync(url, [StreamNames.PortForward], cancellation);
        if (refusal.Length > 0)
        {
            response.Dispose();
            return new KubeletRefusal(500, refusal);
        }

        SpdyConnection connection = SpdyConnection.AsClient(await response.Content.ReadAsStreamAsync(cancellation));
        Dictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            [StreamNames.TypeHeader] = StreamNames.Error,
            [StreamNames.PortHeader] = port.ToString(CultureInfo.InvariantCulture),
            [StreamNames.RequestIdHeader] = "0",
        };
        SpdyStream errors = await connection.OpenStreamAsync(headers, cancellation);
        await errors.CompleteWritesAsync(cancellation);
        headers = new(headers, StringComparer.Ordinal) { [StreamNames.TypeHeader] = StreamNames.Data };
        SpdyStream data = await connection.OpenStreamAsync(headers, cancellation);
        Task<string> failure = ReadFailureAsync(errors);
        return KubeletResult<ForwardedConnection>.Of(new(new RuntimePort(connection, data), failure));
    }

    private static async Task<(HttpResponseMessage Response, string Refusal)> UpgradeAsync(
        Uri url, IEnumerable<string> protocols, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent([]) };
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        request.Headers.TryAddWithoutValidation(StreamNames.ProtocolHeader, protocols);
        HttpResponseMessage response;
        try
        {
            response = await Http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new IOException(exception.Message, exception);
        }

        return (response, response.StatusCode == HttpStatusCode.SwitchingProtocols
            ? ""
            : $"the runtime answered {(int)response.StatusCode}: "
                + (await response.Content.ReadAsStringAsync(cancellation)).Trim());
    }

    private static async Task CopyAsync(SpdyStream? from, Stream? to, CancellationToken cancellation)
    {
        if (from is not null)
        {
            await from.CopyToAsync(to ?? Stream.Null, cancellation);
        }
    }

    private static async Task PassInputAsync(Stream? from, SpdyStream? to, CancellationToken cancellation)
    {
        if (from is null || to is null)
        {
            return;
        }

        try
        {
            await from.CopyToAsync(to, cancellation);
            await to.CompleteWritesAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The command takes no more input, or is over.
        }
    }

    private static async Task PassSizesAsync(CommandStreams streams, SpdyStream? to, CancellationToken cancellation)
    {
        if (streams.Resizes is null || to is null)
        {
            return;
        }

        try
        {
            await foreach (TerminalSize size in streams.Resizes.ReadAllAsync(cancellation))
            {
                await to.WriteAsync(TerminalSizes.ToJson(size), cancellation);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The command is over.
        }
    }

    private static async Task<string> ReadFailureAsync(SpdyStream errors)
    {
        byte[] text = new byte[LongestText];
        try
        {
            int length = await errors.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(text, 0, length);
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
