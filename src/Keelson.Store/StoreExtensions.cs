using System.Runtime.CompilerServices;
using System.Text;

namespace Keelson.Store;

/// <summary>What is often done with a store, in terms of the contract.</summary>
public static class StoreExtensions
{
    /// <summary>Writes a key whatever stands there. Outcomes as <see cref="IStore.TxnAsync"/>.</summary>
    public static ValueTask<TxnResult> PutAsync(
        this IStore store, string key, byte[] value, long lease = 0, CancellationToken cancellationToken = default) =>
        store.TxnAsync(
            new TxnRequest { Success = [new PutOperation(key, value) { Lease = lease }] }, cancellationToken);

    /// <summary>Writes a key with a text, as UTF-8, whatever stands there.</summary>
    public static ValueTask<TxnResult> PutAsync(
        this IStore store, string key, string value, CancellationToken cancellationToken = default) =>
        store.PutAsync(key, Encoding.UTF8.GetBytes(value), 0, cancellationToken);

    /// <summary>Deletes every key of a range. Outcomes as <see cref="IStore.TxnAsync"/>.</summary>
    public static ValueTask<TxnResult> DeleteAsync(
        this IStore store, KeyRange keys, CancellationToken cancellationToken = default) =>
        store.TxnAsync(new TxnRequest { Success = [new DeleteOperation(keys)] }, cancellationToken);

    /// <summary>The batches of a watch, up to and with the one that ends it.</summary>
    public static async IAsyncEnumerable<WatchBatch> ReadAllAsync(
        this IStoreWatch watch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        WatchBatch batch;
        do
        {
            batch = await watch.ReadAsync(cancellationToken).ConfigureAwait(false);
            yield return batch;
        }
        while (batch.Outcome == StoreOutcome.Ok);
    }
}
