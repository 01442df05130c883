using System.Buffers.Binary;
using System.Net;
using System.Text;
using Keelson.Network.Dns;

namespace Keelson.Network.Tests.Dns;

/// <summary>Messages as clients make and read them, written apart from the server's own code.</summary>
internal static class DnsMessages
{
    public static byte[] Query(string name, ushort type, ushort id = 7, int ednsSize = 0)
    {
        List<byte> message = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(ednsSize > 0 ? 1 : 0)];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (ednsSize > 0)
        {
            message.AddRange([0, 0, 41, (byte)(ednsSize >> 8), (byte)ednsSize, 0, 0, 0, 0, 0, 0]);
        }

        return [.. message];
    }

    /// <summary>An answer as text: the code, then a record a line.</summary>
    public static string Text(ReadOnlySpan<byte> message)
    {
        StringBuilder text = new();
        text.Append((message[3] & 0xf) switch { 0 => "NOERROR", 2 => "SERVFAIL", 3 => "NXDOMAIN", int code =>
            $"{code}" });
        text.Append((message[2] & 4) != 0 ? " aa" : "").Append((message[2] & 2) != 0 ? " tc" : "");
        DnsReader reader = new(message) { Position = 12 };
        Assert.NotNull(reader.ReadName());
        reader.Position += 4;
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        int records = answers + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (int i = 0; i < records; i++)
        {
            DnsReader owner = new(message) { Position = reader.Position };
            Assert.True(reader.TryReadRecord(out DnsRecordView record));
            if (record.Type != DnsType.Opt)
            {
                text.Append(i < answers ? "\n"
                    : "\n+ ").Append(owner.ReadName()).Append(' ').Append(record.Ttl).Append(' ')
                    .Append(Data(message, record));
            }
        }

        Assert.Equal(message.Length, reader.Position);
        return text.ToString();
    }

    private static string Data(ReadOnlySpan<byte> message, DnsRecordView record)
    {
        ReadOnlySpan<byte> data = message.Slice(record.DataOffset, record.DataLength);
        DnsReader name = new(message) { Position = record.DataOffset };
        switch (record.Type)
        {
            case DnsType.A or DnsType.Aaaa:
                return new IPAddress(data).ToString();
            case DnsType.Cname:
                return "CNAME " + name.ReadName();
            case DnsType.Ptr:
                return "PTR " + name.ReadName();
            case DnsType.Srv:
                name.Position += 6;
                return $"SRV {data[3]} {BinaryPrimitives.ReadUInt16BigEndian(data[4..])} {name.ReadName()}";
            case DnsType.Soa:
                return "SOA " + name.ReadName();
            case DnsType.Txt:
                return "TXT " + Encoding.ASCII.GetString(data[1..]);
            default:
                return "type " + record.Type;
        }
    }
}
