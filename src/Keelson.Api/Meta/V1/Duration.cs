using System.Text.Json;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Meta.V1;

/// <summary>A length of time: Go's text in JSON (<c>1m30s</c>), nanoseconds in protobuf.</summary>
public sealed record Duration : IWireValue<Duration>
{
    /// <summary>No time.</summary>
    public static Duration Empty { get; } = new();

    /// <summary>The type's shape.</summary>
    public static TypeSchema WireSchema { get; } = TypeSchema.Scalar(
        SchemaType.String,
        name: "io.k8s.apimachinery.pkg.apis.meta.v1.Duration",
        description: "A length of time as Go writes it, such as 1m30s or 250ms.");

    /// <summary>The nanoseconds.</summary>
    public long Nanoseconds { get; init; }

    /// <summary>The same in .NET's type, to a tenth of a microsecond.</summary>
    public TimeSpan Span => TimeSpan.FromTicks(Nanoseconds / 100);

    /// <summary>A length of time.</summary>
    public static Duration Of(TimeSpan span) => new() { Nanoseconds = span.Ticks * 100 };

    /// <inheritdoc/>
    public static Duration ReadJson(ref JsonDecoder decoder)
    {
        if (decoder.Token == JsonTokenType.Null)
        {
            return Empty;
        }

        string text = decoder.ReadString();
        return GoDuration.TryParse(text, out long nanoseconds, out string? error)
            ? new Duration { Nanoseconds = nanoseconds }
            : throw new DecodeException(error);
    }

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json) => json.Value(GoDuration.Format(Nanoseconds));

    /// <inheritdoc/>
    public static Duration ReadProto(ref ProtoReader reader)
    {
        long nanoseconds = 0;
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                nanoseconds = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return new Duration { Nanoseconds = nanoseconds };
    }

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto) => proto.Field(1, Nanoseconds);
}
