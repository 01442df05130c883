using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server.Streams;

/// <summary>Reads the sizes of a terminal: JSON objects, one after the other.</summary>
internal sealed class TerminalSizes
{
    private const int LongestSize = 1024;
    private readonly Channel<TerminalSize> _sizes = Channel.CreateBounded<TerminalSize>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly List<byte> _text = [];

    /// <summary>The sizes.</summary>
    public ChannelReader<TerminalSize> Reader => _sizes.Reader;

    /// <summary>Takes bytes as they come; an object is complete with its closing brace.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            if (_text.Count < LongestSize)
            {
                _text.Add(one);
            }

            if (one == '}')
            {
                Take();
                _text.Clear();
            }
        }
    }

    /// <summary>No more come.</summary>
    public void End() => _sizes.Writer.TryComplete();

    /// <summary>Reads a stream to its end.</summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[512];
        try
        {
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and int count)
            {
                Add(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone, or the command is over.
        }

        End();
    }

    /// <summary>A size as it goes over the wire.</summary>
    public static byte[] ToJson(TerminalSize size) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{{\"Width\":{size.Width},\"Height\":{size.Height}}}\n"));

    private void Take()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(_text.ToArray());
            ushort width = document.RootElement.GetProperty("Width").GetUInt16();
            ushort height = document.RootElement.GetProperty("Height").GetUInt16();
            _sizes.Writer.TryWrite(new TerminalSize(width, height));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException
            or FormatException or InvalidOperationException)
        {
            // What is no size is passed over, as upstream does.
        }
    }
}
