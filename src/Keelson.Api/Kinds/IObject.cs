using Keelson.Api.Meta.V1;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Kinds;

/// <summary>An object of any kind.</summary>
public interface IObject
{
    /// <summary>The kind's names.</summary>
    KindInfo KindInfo { get; }

    /// <summary>Name, labels, versions, owners.</summary>
    ObjectMeta Metadata { get; }

    /// <summary>The object with other metadata.</summary>
    IObject WithMetadata(ObjectMeta metadata);

    /// <summary>Writes the object as JSON, kind and apiVersion first.</summary>
    void WriteJson(JsonBuffer json);

    /// <summary>Writes the object's own protobuf message (without upstream's envelope), back to front.</summary>
    void WriteProto(ProtoBuffer proto);
}
