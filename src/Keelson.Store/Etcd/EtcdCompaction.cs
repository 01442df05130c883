using System.Globalization;
using System.Text;

namespace Keelson.Store.Etcd;

/// <summary>
/// Compacts etcd at an interval (<c>--etcd-compaction-interval</c>, upstream's default is five minutes), so that
/// history reaches back one to two intervals. Works together with every other API server on the same etcd: all agree
/// through one key, and of each round only one of them compacts.
/// </summary>
public sealed class EtcdCompaction(IStore store, TimeSpan interval, TimeProvider time)
{
    /// <summary>The key through which API servers agree. It stands outside of the prefix, as upstream's does.</summary>
    public const string Key = "compact_rev_key";

    private long round;
    private long revision;

    /// <summary>Compacts until canceled. A failed round is left to the next one.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await RunRoundAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Nothing is lost: history stays a little longer.
            }
        }
    }

    /// <summary>
    /// One round: the key's version counts rounds, so who finds it where the last round left it owns this one, and
    /// compacts to where the store was an interval ago. Everyone else takes up the count from there.
    /// </summary>
    /// <returns>The revision that was compacted, or 0.</returns>
    internal async ValueTask<long> RunRoundAsync(CancellationToken cancellation)
    {
        byte[] value = Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture));
        TxnResult result = await store.TxnAsync(
            new TxnRequest
            {
                Compares = [Compare.Version(Key, CompareOperator.Equal, round)],
                Success = [new PutOperation(Key, value)],
                Failure = [new RangeOperation(new RangeRequest(KeyRange.Single(Key)))],
            },
            cancellation).ConfigureAwait(false);
        if (result.Outcome != StoreOutcome.Ok)
        {
            return 0;
        }

        long compacted = 0;
        if (!result.Succeeded)
        {
            RangeResult found = result.Responses[0].Range!;
            round = found.Items.IsEmpty ? 0 : found.Items[0].Version;
        }
        else
        {
            round++;
            if (revision > 0)
            {
                CompactResult compaction = await store.CompactAsync(revision, cancellation).ConfigureAwait(false);
                compacted = compaction.Outcome == StoreOutcome.Ok ? revision : 0;
            }
        }

        revision = result.Revision;
        return compacted;
    }
}
