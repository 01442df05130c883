using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace Keelson.Server.Http;

/// <summary>
/// The memory of connections, in blocks as large as a TLS record can be. What goes out leaves the server block by
/// block, each encrypted and handed on by itself, so that the usual blocks of 4 KB would cost a long list four times
/// the work.
/// </summary>
internal sealed class ConnectionBlocks : MemoryPool<byte>
{
    /// <summary>The bytes of a block: what a TLS record, and by default an HTTP/2 frame, holds at most.</summary>
    public const int BlockSize = 16 * 1024;

    /// <summary>How often blocks that nobody needed are let go.</summary>
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Block> _free = new();
    private readonly ITimer _tidyTimer;
    private int _fewestFree;
    private bool _isDisposed;

    public ConnectionBlocks(TimeProvider clock) =>
        _tidyTimer = clock.CreateTimer(
            static blocks => ((ConnectionBlocks)blocks!).Tidy(), this, TidyEvery, TidyEvery);

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <summary>How many blocks wait to be used.</summary>
    internal int Free => _free.Count;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out Block? block))
        {
            block = new(this);
        }

        int left = _free.Count;
        if (left < Volatile.Read(ref _fewestFree))
        {
            Volatile.Write(ref _fewestFree, left);
        }

        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _tidyTimer.Dispose();
        _free.Clear();
    }

    /// <summary>Lets half of the blocks go that were free all the time since the last look.</summary>
    internal void Tidy()
    {
        int unused = (Volatile.Read(ref _fewestFree) + 1) / 2;
        while (unused-- > 0 && _free.TryDequeue(out _))
        {
            // The collector takes it.
        }

        Volatile.Write(ref _fewestFree, _free.Count);
    }

    private void Return(Block block)
    {
        if (!_isDisposed)
        {
            _free.Enqueue(block);
        }
    }

    private sealed class Block(ConnectionBlocks pool) : IMemoryOwner<byte>
    {
        // Pinned, as the system reads and writes it.
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(
            GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);

        public void Dispose() => pool.Return(this);
    }
}

/// <summary>Gives each part of the web server that asks its own <see cref="ConnectionBlocks"/>.</summary>
internal sealed class ConnectionBlocksFactory(TimeProvider clock) : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ConnectionBlocks(clock);
}
