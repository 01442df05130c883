using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Log;

namespace Keelson.Store.Embedded;

/// <summary>What operators do with an embedded store.</summary>
internal sealed class EmbeddedMaintenance(StoreState state, StoreUpkeep upkeep, Compactor compactor, LogWriter? log)
    : IStoreMaintenance
{
    public ValueTask<StoreStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        upkeep.ThrowIfUnavailable();
        long inUse = state.Index.LiveBytes + state.Index.HistoryBytes;
        return new(new StoreStatus
        {
            Revision = state.ReadableRevision,
            CompactRevision = state.Index.CompactRevision,
            KeyCount = state.Index.KeyCount,
            SizeBytes = log is null ? inUse : log.TotalBytes + compactor.SnapshotBytes,
            SizeInUseBytes = inUse,
            Version = $"embedded {LogSegment.FormatVersion}",
        });
    }

    public async ValueTask<long> SnapshotAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        upkeep.ThrowIfUnavailable();
        Compactor.Pin pin = compactor.PinNewest();
        try
        {
            SnapshotWriter writer = compactor.Writer(pin.Revision);
            for (ReadOnlyMemory<byte> block = writer.NextBlock(); !block.IsEmpty; block = writer.NextBlock())
            {
                await destination.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            }
            return pin.Revision;
        }
        finally
        {
            compactor.Unpin(pin);
        }
    }

    public ValueTask DefragmentAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        upkeep.ThrowIfUnavailable();
        return new(upkeep.SnapshotAsync().WaitAsync(cancellationToken));
    }
}
