using System.Buffers.Binary;

namespace Keelson.Network.Dns;

/// <summary>A question as it came in.</summary>
/// <param name="Id">The number that the answer must carry.</param>
/// <param name="Name">What is asked for, in lower case, without the last dot.</param>
/// <param name="Type">The type of records.</param>
/// <param name="QuestionEnd">Where the question ends in the message.</param>
internal readonly record struct DnsQuery(ushort Id, string Name, ushort Type, int QuestionEnd)
{
    private const int QueryBit = 0x80;
    private const int OperationMask = 0x78;

    public bool WantsRecursion { get; init; }

    public bool HasEdns { get; init; }

    public int EdnsVersion { get; init; }

    /// <summary>The largest answer that is taken over UDP.</summary>
    public int UdpSize { get; init; }

    /// <summary>The size that the client names.</summary>
    public int OfferedSize { get; init; }

    /// <summary>True when signatures are wanted; answers with and without them are kept apart.</summary>
    public bool WantsSignatures { get; init; }

    /// <summary>Where the client's EDNS options stand in the message.</summary>
    public Range Options { get; init; }

    public ushort Class { get; init; }

    /// <summary>Reads a question.</summary>
    /// <param name="message">The message.</param>
    /// <param name="query">The question; with only the number set when the message is wrong.</param>
    /// <returns>What is to be answered to a message that is wrong; null for nothing at all; 0 for a right
    /// one.</returns>
    public static int? Read(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < DnsLimits.HeaderSize || (message[2] & QueryBit) != 0)
        {
            // Answering answers would let two servers talk for ever.
            return null;
        }

        query = new(BinaryPrimitives.ReadUInt16BigEndian(message), "", 0, DnsLimits.HeaderSize);
        if ((message[2] & OperationMask) != 0)
        {
            return DnsCode.NotImplemented;
        }

        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1
            || reader.ReadName() is not { } name
            || !reader.TryReadUInt16(out ushort type)
            || !reader.TryReadUInt16(out ushort @class))
        {
            return DnsCode.FormatError;
        }

        query = query with
        {
            Name = name,
            Type = type,
            Class = @class,
            QuestionEnd = reader.Position,
            WantsRecursion = (message[2] & 1) != 0,
            UdpSize = DnsLimits.PlainUdpSize,
        };
        return ReadEdns(message, ref reader, ref query) ? DnsCode.NoError : DnsCode.FormatError;
    }

    private static bool ReadEdns(ReadOnlySpan<byte> message, ref DnsReader reader, ref DnsQuery query)
    {
        int records = BinaryPrimitives.ReadUInt16BigEndian(message[6..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (int i = 0; i < records; i++)
        {
            if (!reader.TryReadRecord(out DnsRecordView record))
            {
                return false;
            }

            if (record.Type == DnsType.Opt)
            {
                query = query with
                {
                    HasEdns = true,
                    EdnsVersion = (int)(record.Ttl >> 16) & 0xff,
                    OfferedSize = record.Class,
                    Options = record.DataOffset..(record.DataOffset + record.DataLength),
                    UdpSize = Math.Clamp((int)record.Class, DnsLimits.PlainUdpSize, DnsLimits.MostUdpSize),
                    WantsSignatures = (record.Ttl & 0x8000) != 0,
                };
            }
        }

        return true;
    }
}
