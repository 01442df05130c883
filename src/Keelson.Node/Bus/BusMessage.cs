namespace Keelson.Nodes.Bus;

/// <summary>A message on a D-Bus, as far as it is of interest here. Little-endian ones only, as all on this machine
/// are.</summary>
internal sealed record BusMessage
{
    public const byte Call = 1;
    public const byte Reply = 2;
    public const byte Error = 3;
    public const byte Signal = 4;

    /// <summary>How many bytes it takes to know how long a message is.</summary>
    public const int LengthSize = 16;

    private const byte LittleEndian = (byte)'l';
    private const byte Version = 1;
    private const uint Longest = 1 << 20;

    /// <summary>What it is: one of the above.</summary>
    public byte Type { get; init; } = Call;

    /// <summary>The number its sender gave it.</summary>
    public uint Serial { get; init; }

    /// <summary>The number of the call it answers.</summary>
    public uint ReplySerial { get; init; }

    /// <summary>The object.</summary>
    public string Path { get; init; } = "";

    /// <summary>The object's face.</summary>
    public string Interface { get; init; } = "";

    /// <summary>What is called, or has happened.</summary>
    public string Member { get; init; } = "";

    /// <summary>The kind of an error.</summary>
    public string ErrorName { get; init; } = "";

    /// <summary>To whom it goes.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The types in the body.</summary>
    public string Signature { get; init; } = "";

    /// <summary>How many file descriptors go with it.</summary>
    public uint Descriptors { get; init; }

    /// <summary>The values.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>The length of the message that begins like this.</summary>
    public static int LengthOf(byte[] start)
    {
        BusReader reader = new(start);
        if (reader.Byte() != LittleEndian)
        {
            throw new InvalidDataException("a D-Bus message of another byte order");
        }

        reader.Skip(3);
        uint body = reader.Number();
        reader.Skip(sizeof(uint));
        uint fields = reader.Number();
        return body <= Longest && fields <= Longest
            ? BusReader.Aligned(LengthSize + (int)fields, 8) + (int)body
            : throw new InvalidDataException("a D-Bus message that is too long");
    }

    /// <summary>A message from its bytes.</summary>
    public static BusMessage Read(byte[] bytes)
    {
        BusReader reader = new(bytes);
        reader.Skip(1);
        BusMessage message = new() { Type = reader.Byte() };
        reader.Skip(2);
        uint body = reader.Number();
        message = message with { Serial = reader.Number() };
        int end = (int)reader.Number() + LengthSize;
        while (reader.Position < end)
        {
            reader.Align(8);
            message = message.With(reader.Byte(), reader);
        }

        return message with { Body = bytes[^(int)body..] };
    }

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        BusWriter fields = new();
        Field(fields, 1, "o", Path);
        Field(fields, 2, "s", Interface);
        Field(fields, 3, "s", Member);
        Field(fields, 4, "s", ErrorName);
        Field(fields, 5, ReplySerial);
        Field(fields, 6, "s", Destination);
        Field(fields, 8, "g", Signature);
        Field(fields, 9, Descriptors);
        BusWriter writer = new();
        writer.Bytes([LittleEndian, Type, 0, Version]);
        writer.Number((uint)Body.Length);
        writer.Number(Serial);
        writer.Number((uint)fields.Written.Length);
        writer.Bytes(fields.Written);
        writer.Align(8);
        writer.Bytes(Body);
        return writer.Written;
    }

    private static void Field(BusWriter fields, byte code, string type, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        fields.Align(8);
        fields.Bytes([code]);
        fields.Signature(type);
        if (type == "g")
        {
            fields.Signature(value);
        }
        else
        {
            fields.Text(value);
        }
    }

    private static void Field(BusWriter fields, byte code, uint value)
    {
        if (value > 0)
        {
            fields.Align(8);
            fields.Bytes([code]);
            fields.Signature("u");
            fields.Number(value);
        }
    }

    private BusMessage With(byte code, BusReader reader)
    {
        string type = reader.Signature();
        if (type == "u")
        {
            uint number = reader.Number();
            return code switch
            {
                5 => this with { ReplySerial = number },
                9 => this with { Descriptors = number },
                _ => this,
            };
        }

        string text = type == "g" ? reader.Signature() : reader.Text();
        return code switch
        {
            1 => this with { Path = text },
            2 => this with { Interface = text },
            3 => this with { Member = text },
            4 => this with { ErrorName = text },
            6 => this with { Destination = text },
            8 => this with { Signature = text },
            _ => this,
        };
    }
}
