using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Keelson.Nodes.Server.Streams;

namespace Keelson.Simulation.Kubelet;

/// <summary>A connection to a simulated pod's port: it speaks HTTP/1.1 and says which pod it is.</summary>
internal sealed class SimulatedPort : Stream, IHalfClosable
{
    private const int LongestRequest = 64 * 1024;
    private readonly Pipe _requests = new();
    private readonly Pipe _answers = new();
    private readonly Stream _reading;
    private readonly string _pod;
    private readonly int _port;
    private readonly Task _serving;

    public SimulatedPort(string pod, int port)
    {
        _pod = pod;
        _port = port;
        _reading = _answers.Reader.AsStream();
        _serving = ServeAsync();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public ValueTask CompleteWritesAsync() => _requests.Writer.CompleteAsync();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reading.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _reading.ReadAsync(buffer, offset, count, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _requests.Writer.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _requests.Writer.CompleteAsync();
        await _answers.Reader.CompleteAsync();
        await _serving;
        GC.SuppressFinalize(this);
    }

    /// <summary>Answers requests, one after the other, until the client has said its last or asks to close.</summary>
    private async Task ServeAsync()
    {
        byte[] head = new byte[LongestRequest];
        int length = 0;
        using Stream input = _requests.Reader.AsStream();
        bool goesOn = true;
        while (goesOn && length < head.Length && await input.ReadAsync(head.AsMemory(length)) is > 0 and int count)
        {
            length += count;
            while (goesOn && head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and int end)
            {
                string text = Encoding.ASCII.GetString(head, 0, end);
                head.AsSpan((end + 4)..length).CopyTo(head);
                length -= end + 4;
                goesOn = await AnswerAsync(text);
            }
        }

        await _answers.Writer.CompleteAsync();
    }

    private async Task<bool> AnswerAsync(string request)
    {
        bool closes = request.Contains("connection: close", StringComparison.OrdinalIgnoreCase)
            || request.Split('\r')[0].EndsWith("HTTP/1.0", StringComparison.Ordinal);
        string path = request.Split(' ') is [_, var named, ..] ? named : "/";
        string body = string.Create(CultureInfo.InvariantCulture, $"{_pod}:{_port} {path}\n");
        string answer = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n")
            + (closes ? "Connection: close\r\n\r\n" : "\r\n") + body;
        FlushResult flushed = await _answers.Writer.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return !closes && !flushed.IsCompleted;
    }
}
