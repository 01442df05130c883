using System.Collections.Immutable;
using System.Text;

namespace Keelson.Store.Embedded.Writing;

/// <summary>What can be said about a request without looking at the store.</summary>
internal static class TxnCheck
{
    public static StoreOutcome Check(TxnRequest request, EmbeddedStoreOptions options)
    {
        int operations = Math.Max(request.Compares.Length, Math.Max(request.Success.Length, request.Failure.Length));
        if (operations > options.TxnOperationsMax)
        {
            return StoreOutcome.TooManyOperations;
        }
        foreach (Compare compare in request.Compares)
        {
            if (!IsKey(compare.Key))
            {
                return StoreOutcome.EmptyKey;
            }
        }
        if (HasEmptyKey(request.Success) || HasEmptyKey(request.Failure))
        {
            return StoreOutcome.EmptyKey;
        }
        if (WritesTwice(request.Success) || WritesTwice(request.Failure))
        {
            return StoreOutcome.DuplicateKey;
        }
        return Bytes(request) > options.RequestBytesMax ? StoreOutcome.TooLarge : StoreOutcome.Ok;
    }

    /// <summary>False for an empty key; throws for one with chars that are no bytes.</summary>
    public static bool IsKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!Ascii.IsValid(key) && key.AsSpan().ContainsAnyExceptInRange('\0', '\xff'))
        {
            throw new ArgumentException($"every char of a key must stand for a byte: {key}", nameof(key));
        }
        return key.Length > 0;
    }

    private static bool HasEmptyKey(ImmutableArray<TxnOperation> operations)
    {
        foreach (TxnOperation operation in operations)
        {
            string key = operation switch
            {
                PutOperation put => put.Key,
                DeleteOperation delete => delete.Keys.Start,
                RangeOperation range => range.Request.Keys.Start,
                _ => throw new ArgumentException($"unknown operation {operation}", nameof(operations)),
            };
            if (!IsKey(key))
            {
                return true;
            }
        }
        return false;
    }

    // As etcd: a key may be put once, and not be in a range that the same transaction deletes, whatever the order.
    private static bool WritesTwice(ImmutableArray<TxnOperation> operations)
    {
        if (operations.Length < 2)
        {
            return false;
        }
        HashSet<string> puts = new(StringComparer.Ordinal);
        foreach (PutOperation put in operations.OfType<PutOperation>())
        {
            if (!puts.Add(put.Key))
            {
                return true;
            }
        }
        return operations.OfType<DeleteOperation>().Any(delete => puts.Any(delete.Keys.Contains));
    }

    private static long Bytes(TxnRequest request)
    {
        long bytes = 0;
        foreach (Compare compare in request.Compares)
        {
            bytes += compare.Key.Length + (compare.Value?.Length ?? 0);
        }
        foreach (PutOperation put in request.Success.Concat(request.Failure).OfType<PutOperation>())
        {
            bytes += put.Key.Length + put.Value.Length;
        }
        return bytes;
    }
}
