using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Tests.Fuzz;

/// <summary>A record such as the generator makes, by hand: one field of each kind of value.</summary>
internal sealed record HandRecord : IWireValue<HandRecord>
{
    public string Text { get; init; } = "";

    public int Small { get; init; }

    public long Large { get; init; }

    public bool Truth { get; init; }

    public Time Time { get; init; }

    public Quantity Amount { get; init; }

    public Bytes Bytes { get; init; }

    public IntOrString Port { get; init; }

    public ApiMap<string> Labels { get; init; }

    public ApiList<HandRecord> Children { get; init; }

    public static HandRecord ReadJson(ref JsonDecoder decoder)
    {
        HandRecord record = new();
        if (!decoder.BeginObject("v1.Hand"))
        {
            return record;
        }

        SeenFields seen = default;
        while (decoder.NextField(out ReadOnlySpan<byte> name))
        {
            string known = System.Text.Encoding.UTF8.GetString(name);
            int field = Array.IndexOf(
                ["text", "small", "large", "truth", "time", "amount", "bytes", "port", "labels", "children"], known);
            if (field < 0)
            {
                decoder.UnknownField(name);
                continue;
            }

            decoder.Enter(known, field, ref seen);
            record = field switch
            {
                0 => record with { Text = decoder.ReadString() },
                1 => record with { Small = decoder.ReadInt32() },
                2 => record with { Large = decoder.ReadInt64() },
                3 => record with { Truth = decoder.ReadBool() },
                4 => record with { Time = decoder.ReadTime() },
                5 => record with { Amount = decoder.ReadQuantity() },
                6 => record with { Bytes = decoder.ReadBytes() },
                7 => record with { Port = decoder.ReadIntOrString() },
                8 => record with { Labels = decoder.ReadStringMap() },
                _ => record with { Children = decoder.ReadList<HandRecord>("[]v1.Hand") },
            };
            decoder.Leave();
        }

        return record;
    }

    public void WriteJson(JsonBuffer json)
    {
        json.Open();
        json.Name("\"text\":"u8);
        json.Value(Text);
        json.Name("\"small\":"u8);
        json.Value((long)Small);
        json.Name("\"large\":"u8);
        json.Value(Large);
        json.Name("\"truth\":"u8);
        json.Value(Truth);
        json.Name("\"time\":"u8);
        json.Value(Time);
        json.Name("\"amount\":"u8);
        json.Value(Amount);
        json.Name("\"bytes\":"u8);
        json.Value(Bytes);
        json.Name("\"port\":"u8);
        json.Value(Port);
        json.Name("\"labels\":"u8);
        json.Value(Labels);
        json.Name("\"children\":"u8);
        json.Value(Children);
        json.Close();
    }

    public static HandRecord ReadProto(ref ProtoReader reader)
    {
        HandRecord record = new();
        List<HandRecord> children = [];
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    record = record with { Text = reader.ReadString() };
                    break;
                case 2:
                    record = record with { Small = reader.ReadInt32() };
                    break;
                case 3:
                    record = record with { Large = reader.ReadInt64() };
                    break;
                case 4:
                    record = record with { Truth = reader.ReadBool() };
                    break;
                case 5:
                    record = record with { Time = reader.ReadTime() };
                    break;
                case 6:
                    record = record with { Amount = reader.ReadQuantity() };
                    break;
                case 7:
                    record = record with { Bytes = reader.ReadBytes() };
                    break;
                case 10:
                    children.Add(reader.ReadMessage<HandRecord>());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return record with { Children = children.Count == 0 ? default : new([.. children]) };
    }

    public void WriteProto(ProtoBuffer proto) => throw new NotSupportedException();
}
