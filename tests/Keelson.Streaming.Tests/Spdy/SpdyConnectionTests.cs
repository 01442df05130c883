using System.Security.Cryptography;
using System.Text;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;

namespace Keelson.Streaming.Tests.Spdy;

public sealed class SpdyConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _timeout = new(Patience);
    private readonly SpdyConnection _client;
    private readonly SpdyConnection _server;

    public SpdyConnectionTests()
    {
        (Stream client, Stream server) = DuplexPipe.Create();
        (_client, _server) = (SpdyConnection.AsClient(client), SpdyConnection.AsServer(server));
    }

    private CancellationToken Timeout => _timeout.Token;

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        _timeout.Dispose();
    }

    [Fact]
    public async Task A_megabyte_goes_both_ways_and_each_side_ends_on_its_own()
    {
        byte[] sent = RandomNumberGenerator.GetBytes(1024 * 1024);
        (SpdyStream near, SpdyStream far) = await OpenAsync("stdin");
        Assert.Equal("stdin", far.Headers["streamType"]);
        Task echo = Task.Run(async () =>
        {
            await far.CopyToAsync(far, Timeout);
            await far.CompleteWritesAsync(Timeout);
        });
        Task<byte[]> received = ReadAllAsync(near);
        await near.WriteAsync(sent, Timeout);
        await near.CompleteWritesAsync(Timeout);
        Assert.Equal(sent, await received);
        await echo;
        await Assert.ThrowsAsync<SpdyStreamEndedException>(async () => await near.WriteAsync(sent, Timeout));
    }

    [Fact]
    public async Task Either_side_opens_streams_and_is_told_of_signs_of_life()
    {
        ValueTask<SpdyStream?> accepted = _client.AcceptStreamAsync(Timeout);
        Task<SpdyStream> opened = _server.OpenStreamAsync(StreamNames.HeadersOf("data"), Timeout).AsTask();
        SpdyStream stream = (await accepted)!;
        Assert.Equal(2u, stream.Id);
        await stream.AcceptAsync(Timeout);
        await opened;
        await _client.PingAsync(Timeout);
        await _server.PingAsync(Timeout);
    }

    [Fact]
    public async Task A_stream_that_is_not_wanted_can_not_be_opened()
    {
        Task<SpdyStream> opened = _client.OpenStreamAsync(StreamNames.HeadersOf("x"), Timeout).AsTask();
        SpdyStream stream = (await _server.AcceptStreamAsync(Timeout))!;
        await stream.ResetAsync(SpdyStatus.RefusedStream, Timeout);
        await Assert.ThrowsAsync<SpdyStreamEndedException>(() => opened);
    }

    [Fact]
    public async Task A_command_that_is_over_before_its_last_stream_is_seen_to_be_open_gives_its_output()
    {
        (Stream near, Stream far) = DuplexPipe.Create();
        await using SpdyConnection server = SpdyConnection.AsServer(far);
        await using LateWrites late = new(near, streams: 2);
        await using SpdyConnection client = SpdyConnection.AsClient(late);
        late.Until = client.Completion;
        StreamSelection selection = new(Stdin: false, Stdout: true, Stderr: false, Tty: false);
        Task<RemoteCommandStreams> opened = RemoteCommandStreams.OpenAsync(client, selection, Timeout);
        RemoteCommandStreams command =
            await RemoteCommandStreams.AcceptAsync(server, selection, hasResize: true, Timeout);
        await command.Stdout!.WriteAsync("done"u8.ToArray(), Timeout);
        await command.DisposeAsync();
        Assert.Equal("done", Encoding.UTF8.GetString(await ReadAllAsync((await opened).Stdout!)));
    }

    [Fact]
    public async Task What_was_sent_before_the_end_of_the_connection_is_read_before_the_end()
    {
        (SpdyStream near, SpdyStream far) = await OpenAsync("stdout");
        await far.WriteAsync("last words"u8.ToArray(), Timeout);
        await _server.DisposeAsync();
        await _client.Completion.WaitAsync(Patience);
        Assert.Equal("last words", Encoding.UTF8.GetString(await ReadAllAsync(near)));
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_a_frame_is_a_loss_for_who_reads()
    {
        (Stream near, Stream far) = DuplexPipe.Create();
        await using SpdyConnection connection = SpdyConnection.AsServer(near);
        byte[] block = new SpdyHeaderDeflater().Deflate(SpdyHeaderBlock.Write(StreamNames.HeadersOf("stdin")));
        await far.WriteAsync(SpdyControlFrames.SynStream(1, block), Timeout);
        SpdyStream stream = (await connection.AcceptStreamAsync(Timeout))!;
        await far.WriteAsync(Convert.FromHexString("0000000100000005" + "6162"), Timeout);
        await far.DisposeAsync();
        byte[] buffer = new byte[10];
        Assert.Equal(2, await stream.ReadAtLeastAsync(buffer, 2, throwOnEndOfStream: true, Timeout));
        await Assert.ThrowsAsync<SpdyStreamEndedException>(async () => await stream.ReadExactlyAsync(buffer, Timeout));
        Assert.IsType<SpdyProtocolException>(connection.Failure);
    }

    [Fact]
    public async Task Nobody_keeps_more_than_a_bounded_part_of_what_nobody_reads()
    {
        (SpdyStream near, SpdyStream far) = await OpenAsync("stdin");
        int written = 0;
        byte[] chunk = new byte[32 * 1024];
        async Task WriteAsync()
        {
            for (; written < 16 * 1024 * 1024; written += chunk.Length)
            {
                await near.WriteAsync(chunk, Timeout);
            }
        }

        Task writing = WriteAsync();
        Assert.NotSame(writing, await Task.WhenAny(writing, Task.Delay(300, Timeout)));
        Assert.InRange(written, 128 * 1024, 1024 * 1024);

        // Once the reader is gone the rest is thrown away, and the writer is told.
        await far.DisposeAsync();
        await Assert.ThrowsAsync<SpdyStreamEndedException>(() => writing.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_streams_of_a_command_find_each_other_by_their_types()
    {
        StreamSelection selection = new(Stdin: true, Stdout: true, Stderr: true, Tty: true);
        Task<RemoteCommandStreams> opening = RemoteCommandStreams.OpenAsync(_client, selection, Timeout);
        RemoteCommandStreams far = await RemoteCommandStreams.AcceptAsync(_server, selection, hasResize: true, Timeout);
        RemoteCommandStreams near = await opening;
        Assert.Null(far.Stderr);
        await near.Resize!.WriteAsync("{}"u8.ToArray(), Timeout);
        byte[] size = new byte[2];
        await far.Resize!.ReadExactlyAsync(size, Timeout);
        Assert.Equal("{}"u8.ToArray(), size);
        Assert.Equal(0, await far.Error.ReadAsync(size, Timeout));
    }

    private async Task<(SpdyStream Near, SpdyStream Far)> OpenAsync(string type)
    {
        Task<SpdyStream> opened = _client.OpenStreamAsync(StreamNames.HeadersOf(type), Timeout).AsTask();
        SpdyStream far = (await _server.AcceptStreamAsync(Timeout))!;
        await far.AcceptAsync(Timeout);
        return (await opened, far);
    }

    private async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all, Timeout);
        return all.ToArray();
    }
}
