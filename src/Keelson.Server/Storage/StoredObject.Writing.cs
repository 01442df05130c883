using System.Buffers;
using System.Buffers.Text;

namespace Keelson.Server.Storage;

/// <content>Writing the object out: its JSON with the resource version spliced in.</content>
public sealed partial class StoredObject
{
    /// <summary>How many bytes <see cref="CopyTo"/> writes.</summary>
    public int Size => Json.Length + SpliceLength;

    private int MetadataEnd
    {
        get
        {
            if (_metadataEnd < 0)
            {
                MetadataPlace place = StoredJson.FindMetadata(Json);
                _metadataStart = place.Start;
                Volatile.Write(ref _metadataEnd, place.End);
            }

            return _metadataEnd;
        }
    }

    /// <summary>Where the resource version goes: behind the uid, where upstream writes it too.</summary>
    private int Splice => _splice >= 0 ? _splice : _splice = StoredJson.FindSplice(Json);

    // ,"resourceVersion":"N"
    private int SpliceLength => 21 + Digits(Revision);

    /// <summary>
    /// Copies the object, the first <paramref name="skip"/> bytes behind the brace left out (kind and apiVersion, which
    /// items of lists don't carry).
    /// </summary>
    public int CopyTo(Span<byte> target, int skip = 0)
    {
        target[0] = (byte)'{';
        return 1 + CopyPart(target[1..], 1 + skip, Json.Length);
    }

    /// <summary>Writes the object as <see cref="CopyTo"/> does; gives the number of bytes.</summary>
    internal int Write(IBufferWriter<byte> target, int skip = 0)
    {
        target.Write("{"u8);
        return 1 + WritePart(target, 1 + skip, Json.Length);
    }

    /// <summary>Writes the metadata alone, as JSON with the resource version; gives the number of bytes.</summary>
    internal int WriteMetadata(IBufferWriter<byte> target)
    {
        int end = MetadataEnd;
        return WritePart(target, _metadataStart, end);
    }

    /// <summary>The object's JSON with the resource version, as a copy.</summary>
    public byte[] ToJson()
    {
        byte[] copy = new byte[Size];
        int length = CopyTo(copy);
        return length == copy.Length ? copy : copy[..length];
    }

    private static int Digits(long number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    /// <summary>Copies a part of the JSON that has the place of the resource version in it, with the resource
    /// version.</summary>
    private int CopyPart(Span<byte> target, int from, int to)
    {
        ReadOnlySpan<byte> json = Json;
        int splice = Splice;
        json[from..splice].CopyTo(target);
        int at = splice - from;
        at += WriteVersion(target[at..]);
        json[splice..to].CopyTo(target[at..]);
        return at + to - splice;
    }

    /// <summary>
    /// Writes a part of the JSON as <see cref="CopyPart"/> copies it. A part that does not fit what the target has at
    /// hand goes there in pieces: a connection's blocks are pooled, larger ones are made for the occasion.
    /// </summary>
    private int WritePart(IBufferWriter<byte> target, int from, int to)
    {
        int size = to - from + SpliceLength;
        Span<byte> room = target.GetSpan();
        if (room.Length >= size)
        {
            target.Advance(CopyPart(room, from, to));
            return size;
        }

        Span<byte> version = stackalloc byte[SpliceLength];
        WriteVersion(version);
        target.Write(Json.AsSpan(from, Splice - from));
        target.Write(version);
        target.Write(Json.AsSpan(Splice, to - Splice));
        return size;
    }

    private int WriteVersion(Span<byte> target)
    {
        ",\"resourceVersion\":\""u8.CopyTo(target);
        Utf8Formatter.TryFormat(Revision, target[20..], out int digits);
        target[20 + digits] = (byte)'"';
        return 21 + digits;
    }
}
