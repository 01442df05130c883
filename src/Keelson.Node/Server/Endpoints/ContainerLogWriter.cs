using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>
/// Writes entries of a log as the options want them: those since a time, of the streams wanted, with times, up to a
/// number of bytes.
/// </summary>
internal sealed class ContainerLogWriter(PipeWriter output, ContainerLogOptions options)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'";
    private const int FlushAt = 32 * 1024;
    private long _left = options.LimitBytes ?? long.MaxValue;
    private bool _isInLine;
    private int _unsent;

    /// <summary>Writes until the entries end, the limit is reached, or the client is gone.</summary>
    public async Task WriteAsync(IAsyncEnumerable<ContainerLogEntry> entries, CancellationToken cancellation)
    {
        await using IAsyncEnumerator<ContainerLogEntry> reader = entries.GetAsyncEnumerator(cancellation);
        while (_left > 0)
        {
            ValueTask<bool> next = reader.MoveNextAsync();

            // While nothing more is there, the client gets what there is.
            if (!next.IsCompleted || _unsent >= FlushAt)
            {
                await FlushAsync(cancellation);
            }

            if (!await next)
            {
                break;
            }

            Add(reader.Current);
        }

        await FlushAsync(cancellation);
    }

    private void Add(ContainerLogEntry entry)
    {
        if (entry.At < options.Since || !(entry.IsError ? options.HasErrors : options.HasOutput))
        {
            return;
        }

        if (options.Timestamps && !_isInLine)
        {
            if (entry.TimeText.IsEmpty)
            {
                Write(Encoding.ASCII.GetBytes(entry.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)));
            }
            else
            {
                Write(entry.TimeText.Span);
            }

            Write(" "u8);
        }

        Write(entry.Text.Span);
        if (!entry.IsPartial)
        {
            Write("\n"u8);
        }

        _isInLine = entry.IsPartial;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..(int)Math.Min(bytes.Length, _left)];
        _left -= bytes.Length;
        _unsent += bytes.Length;
        output.Write(bytes);
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_unsent > 0)
        {
            _unsent = 0;
            await output.FlushAsync(cancellation);
        }
    }
}
