using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Proto = Keelson.Store.Etcd.Protos;

namespace Keelson.Store.Etcd;

/// <summary>The contract's types as etcd's messages and back.</summary>
internal static class EtcdMessages
{
    // To etcd, a range that ends in a zero byte has no end.
    private static readonly ByteString NoEnd = ByteString.CopyFrom(0);

    public static ByteString Key(string key) => UnsafeByteOperations.UnsafeWrap(Encoding.Latin1.GetBytes(key));

    public static string Key(ByteString key) => Encoding.Latin1.GetString(key.Span);

    /// <summary>
    /// The end of a range. One that holds no key ends where it begins, which etcd takes as "none"; its own end could
    /// be the zero byte, which would mean the opposite.
    /// </summary>
    public static ByteString End(KeyRange keys)
    {
        if (keys.IsSingleKey)
        {
            return ByteString.Empty;
        }

        return keys.IsEmpty ? Key(keys.Start) : keys.End is null ? NoEnd : Key(keys.End);
    }

    public static Proto.RangeRequest Range(RangeRequest request) => new()
    {
        Key = Key(request.Keys.Start),
        RangeEnd = End(request.Keys),
        Revision = request.Revision,
        Limit = request.Limit,
        KeysOnly = request.KeysOnly,
        CountOnly = request.CountOnly,
    };

    public static RangeResult Range(Proto.RangeResponse response, long revision) => new()
    {
        Revision = revision,
        Items = Items(response.Kvs),
        Count = response.Count,
        More = response.More,
    };

    public static Proto.TxnRequest Txn(TxnRequest request)
    {
        var txn = new Proto.TxnRequest();
        txn.Compare.AddRange(request.Compares.Select(Compare));
        txn.Success.AddRange(request.Success.Select(Operation));
        txn.Failure.AddRange(request.Failure.Select(Operation));
        return txn;
    }

    public static TxnResponse Response(Proto.ResponseOp response, long revision) => response.ResponseCase switch
    {
        Proto.ResponseOp.ResponseOneofCase.ResponsePut => new TxnResponse
        {
            Previous = response.ResponsePut.PrevKv is { } previous ? [Item(previous)] : [],
        },
        Proto.ResponseOp.ResponseOneofCase.ResponseDeleteRange => new TxnResponse
        {
            Deleted = response.ResponseDeleteRange.Deleted,
            Previous = Items(response.ResponseDeleteRange.PrevKvs),
        },
        Proto.ResponseOp.ResponseOneofCase.ResponseRange => new TxnResponse
        {
            Range = Range(response.ResponseRange, revision),
        },
        _ => new TxnResponse(),
    };

    public static Proto.RequestOp Put(string key, byte[] value, long lease, bool returnPrevious = false) => new()
    {
        RequestPut = new Proto.PutRequest
        {
            Key = Key(key),
            Value = UnsafeByteOperations.UnsafeWrap(value),
            Lease = lease,
            PrevKv = returnPrevious,
        },
    };

    public static Proto.RequestOp Delete(KeyRange keys, bool returnPrevious = false) => new()
    {
        RequestDeleteRange = new Proto.DeleteRangeRequest
        {
            Key = Key(keys.Start),
            RangeEnd = End(keys),
            PrevKv = returnPrevious,
        },
    };

    public static Proto.Compare Compare(Compare compare)
    {
        var message = new Proto.Compare
        {
            Key = Key(compare.Key),
            Target = (Proto.Compare.Types.CompareTarget)compare.Target,
            Result = (Proto.Compare.Types.CompareResult)compare.Operator,
        };
        switch (compare.Target)
        {
            case CompareTarget.Version:
                message.Version = compare.Number;
                break;
            case CompareTarget.CreateRevision:
                message.CreateRevision = compare.Number;
                break;
            case CompareTarget.ModRevision:
                message.ModRevision = compare.Number;
                break;
            case CompareTarget.Lease:
                message.Lease = compare.Number;
                break;
            default:
                message.Value = UnsafeByteOperations.UnsafeWrap(compare.Value ?? []);
                break;
        }

        return message;
    }

    public static StoreEvent Event(Proto.Event happened) =>
        new(Item(happened.Kv), happened.PrevKv is { } previous ? Item(previous) : null);

    public static KeyValue Item(Proto.KeyValue item) => new(
        Key(item.Key), Value(item.Value), item.CreateRevision, item.ModRevision, item.Version, item.Lease);

    private static ImmutableArray<KeyValue> Items(RepeatedField<Proto.KeyValue> items)
    {
        ImmutableArray<KeyValue>.Builder builder = ImmutableArray.CreateBuilder<KeyValue>(items.Count);
        foreach (Proto.KeyValue item in items)
        {
            builder.Add(Item(item));
        }

        return builder.MoveToImmutable();
    }

    // The parser has made an array for this value alone; taking it saves the copy.
    private static byte[] Value(ByteString value) =>
        MemoryMarshal.TryGetArray(value.Memory, out ArraySegment<byte> segment)
        && segment.Array is { } array && segment.Count == array.Length
            ? array
            : value.ToByteArray();

    private static Proto.RequestOp Operation(TxnOperation operation) => operation switch
    {
        PutOperation put => Put(put.Key, put.Value, put.Lease, put.ReturnPrevious),
        DeleteOperation delete => Delete(delete.Keys, delete.ReturnPrevious),
        RangeOperation range => new Proto.RequestOp { RequestRange = Range(range.Request) },
        _ => throw new ArgumentException($"{operation.GetType()} is no operation of a transaction", nameof(operation)),
    };
}
