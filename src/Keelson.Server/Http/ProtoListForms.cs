using System.Buffers;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>
/// A list in upstream's protobuf envelope. The envelope's header has the length of the list, so the objects are
/// measured before the first is written; most know their length already.
/// </summary>
internal abstract class ProtoListFormBase(string apiVersion, string kind, ObjectPage page, CancellationToken aborted) : ListForm
{
    /// <summary>What an item's header takes at most: a tag and a length below 2^35.</summary>
    private const int HeaderMax = 6;

    /// <summary>For what is written and copied away at once.</summary>
    [field: ThreadStatic]
    protected static ProtoBuffer Scratch => field ??= new(16 * 1024);

    public override void Begin(IBufferWriter<byte> body)
    {
        long items = 0;
        foreach (StoredObject obj in page.Items)
        {
            aborted.ThrowIfCancellationRequested();
            int length = LengthOf(obj);
            items += 1 + VarintLength((ulong)length) + length;
        }

        ProtoBuffer head = new(512);
        int meta = head.Length;
        ListWriter.MetaOf(page).WriteProto(head);
        head.Header(1, meta);
        head.Varint((ulong)(items + head.Length));
        head.Varint((2 << 3) | 2);
        int type = head.Length;
        head.Field(2, kind);
        head.Field(1, apiVersion);
        head.Header(1, type);
        body.Write("k8s\0"u8);
        body.Write(head.Written);
    }

    public override int Item(IBufferWriter<byte> body, StoredObject obj, bool isFirst)
    {
        ReadOnlySpan<byte> message = MessageOf(obj);
        Span<byte> span = body.GetSpan(HeaderMax);
        span[0] = (2 << 3) | 2;
        int at = 1;
        for (uint rest = (uint)message.Length; ; rest >>= 7)
        {
            span[at++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
            {
                break;
            }
        }

        // Goes to the connection's blocks in pieces, so that these are filled.
        body.Advance(at);
        body.Write(message);
        return at + message.Length;
    }

    // The content's encoding and type: 3 and 4, both empty.
    public override void End(IBufferWriter<byte> body, bool isEmpty) =>
        body.Write<byte>([(3 << 3) | 2, 0, (4 << 3) | 2, 0]);

    /// <summary>The length of what <see cref="MessageOf"/> gives.</summary>
    protected abstract int LengthOf(StoredObject obj);

    /// <summary>An item's message, valid until the next is asked for on the same thread.</summary>
    protected abstract ReadOnlySpan<byte> MessageOf(StoredObject obj);

    private static int VarintLength(ulong value)
    {
        int length = 1;
        for (value >>= 7; value != 0; value >>= 7)
        {
            length++;
        }

        return length;
    }
}

/// <summary>The kind's own list.</summary>
internal sealed class ProtoListForm(ApiKind kind, ObjectPage page, CancellationToken aborted)
    : ProtoListFormBase(kind.Info.ApiVersion, kind.Info.Kind + "List", page, aborted)
{
    private readonly bool _converts = kind.Stored != kind;

    protected override int LengthOf(StoredObject obj) => _converts ? MessageOf(obj).Length : obj.ProtoLength(Scratch);

    protected override ReadOnlySpan<byte> MessageOf(StoredObject obj)
    {
        if (!_converts)
        {
            return obj.Proto(Scratch);
        }

        ProtoBuffer scratch = Scratch;
        scratch.Clear();
        kind.FromStored(obj.Record).WriteProto(scratch);
        return scratch.Written;
    }
}

/// <summary>PartialObjectMetadataList. Only the metadata is decoded.</summary>
internal sealed class PartialProtoListForm(ObjectPage page, string version, CancellationToken aborted)
    : ProtoListFormBase($"meta.k8s.io/{version}", "PartialObjectMetadataList", page, aborted)
{
    protected override int LengthOf(StoredObject obj) => MessageOf(obj).Length;

    protected override ReadOnlySpan<byte> MessageOf(StoredObject obj)
    {
        ProtoBuffer scratch = Scratch;
        scratch.Clear();
        new PartialObjectMetadata { Metadata = obj.DecodeMetadata(withManagedFields: true) }.WriteProto(scratch);
        return scratch.Written;
    }
}
