using System.Buffers;
using System.IO.Pipelines;

namespace Keelson.Server.Http;

/// <summary>
/// Fills a connection's blocks. The connection takes locks whenever it is asked for room or told of bytes; a list
/// writes some ten pieces for each object, so it asks here, and the connection hears once a block.
/// </summary>
internal sealed class BlockWriter(PipeWriter body) : IBufferWriter<byte>
{
    private Memory<byte> _block;
    private int _used;

    /// <inheritdoc/>
    public void Advance(int count) => _used += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block[_used..];
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.Span[_used..];
    }

    /// <summary>Tells the connection what was written; due before it flushes or somebody else writes to it.</summary>
    public void Commit()
    {
        if (_used > 0)
        {
            body.Advance(_used);
        }

        _block = default;
        _used = 0;
    }

    private void Reserve(int more)
    {
        if (_block.Length - _used < Math.Max(more, 1))
        {
            Commit();
            _block = body.GetMemory(more);
        }
    }
}
