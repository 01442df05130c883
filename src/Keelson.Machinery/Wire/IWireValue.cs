namespace Keelson.Machinery.Wire;

/// <summary>
/// A value that reads and writes itself in both wire formats. The generator implements it for every API record; a type
/// with a form of its own (a union that is a list or an object) implements it by hand.
/// </summary>
public interface IWireValue<T>
    where T : IWireValue<T>
{
    /// <summary>Reads the value the decoder stands on. A JSON null gives the type's empty value.</summary>
    static abstract T ReadJson(ref JsonDecoder decoder);

    /// <summary>Writes the value as JSON, with Go's rules on what is left out.</summary>
    void WriteJson(JsonBuffer json);

    /// <summary>Reads a protobuf message that fills the reader.</summary>
    static abstract T ReadProto(ref ProtoReader reader);

    /// <summary>Writes the message back to front; see <see cref="ProtoBuffer"/>.</summary>
    void WriteProto(ProtoBuffer proto);
}
