namespace Keelson.Store.Embedded.Log;

/// <summary>What a record of the log does. Persisted: numbers are never changed or given again.</summary>
internal enum LogRecordKind : byte
{
    Put = 1,
    Delete = 2,
    LeaseGrant = 3,
    LeaseRevoke = 4,
    Compact = 5,
}

/// <summary>Takes the records of a frame, in order.</summary>
internal interface ILogRecordSink
{
    /// <summary>The puts and deletes that follow belong to a revision one higher than before.</summary>
    void BeginRevision();

    void Put(string key, byte[] value, long lease);

    void Delete(string key);

    void LeaseGrant(long id, long timeToLiveSeconds);

    void LeaseRevoke(long id);

    void Compact(long revision);
}

/// <summary>
/// The records in a frame's payload: a kind byte, then the fields. The kind's top bit marks the first record of a new
/// revision, so a revision costs nothing in the log.
/// </summary>
internal sealed class LogRecordWriter(ByteWriter bytes) : ILogRecordSink
{
    internal const byte NewRevisionFlag = 0x80;

    private byte _flag;

    public void BeginRevision() => _flag = NewRevisionFlag;

    public void Put(string key, byte[] value, long lease)
    {
        Kind(LogRecordKind.Put);
        bytes.Key(key);
        bytes.Varint((ulong)lease);
        bytes.Value(value);
    }

    public void Delete(string key)
    {
        Kind(LogRecordKind.Delete);
        bytes.Key(key);
    }

    public void LeaseGrant(long id, long timeToLiveSeconds)
    {
        Kind(LogRecordKind.LeaseGrant);
        bytes.Varint((ulong)id);
        bytes.Varint((ulong)timeToLiveSeconds);
    }

    public void LeaseRevoke(long id)
    {
        Kind(LogRecordKind.LeaseRevoke);
        bytes.Varint((ulong)id);
    }

    public void Compact(long revision)
    {
        Kind(LogRecordKind.Compact);
        bytes.Varint((ulong)revision);
    }

    private void Kind(LogRecordKind kind)
    {
        bytes.Byte((byte)((byte)kind | _flag));
        _flag = 0;
    }
}

/// <summary>Reads the records of a frame's payload.</summary>
internal static class LogRecordReader
{
    /// <summary>
    /// Hands all records to the sink; throws <see cref="FormatException"/> at one that makes no sense.
    /// </summary>
    public static void Read(ReadOnlySpan<byte> payload, ILogRecordSink sink)
    {
        ByteReader reader = new(payload);
        while (!reader.IsAtEnd)
        {
            byte kind = reader.Byte();
            if ((kind & LogRecordWriter.NewRevisionFlag) != 0)
            {
                sink.BeginRevision();
            }
            ReadFields((LogRecordKind)(kind & ~LogRecordWriter.NewRevisionFlag), ref reader, sink);
        }
    }

    private static void ReadFields(LogRecordKind kind, ref ByteReader reader, ILogRecordSink sink)
    {
        switch (kind)
        {
            case LogRecordKind.Put:
                string key = reader.Key();
                long lease = (long)reader.Varint();
                sink.Put(key, reader.Value(), lease);
                break;
            case LogRecordKind.Delete:
                sink.Delete(reader.Key());
                break;
            case LogRecordKind.LeaseGrant:
                long id = (long)reader.Varint();
                sink.LeaseGrant(id, (long)reader.Varint());
                break;
            case LogRecordKind.LeaseRevoke:
                sink.LeaseRevoke((long)reader.Varint());
                break;
            case LogRecordKind.Compact:
                sink.Compact((long)reader.Varint());
                break;
            default:
                throw new FormatException($"unknown record kind {(byte)kind} at payload byte {reader.Offset - 1}");
        }
    }
}
