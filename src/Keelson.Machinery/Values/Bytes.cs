using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Keelson.Machinery.Values;

/// <summary>Immutable bytes with equality by content; base64 in JSON. <c>default</c> is absent (Go's nil slice).</summary>
public readonly struct Bytes(byte[]? value) : IEquatable<Bytes>
{
    /// <summary>True when there are no bytes at all, not even zero of them.</summary>
    public bool IsAbsent => value is null;

    /// <summary>Number of bytes.</summary>
    public int Length => value is null ? 0 : value.Length;

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlySpan<byte> AsSpan() => value;

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlyMemory<byte> AsMemory() => value;

    /// <summary>The UTF-8 bytes of a text.</summary>
    public static Bytes FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes read as UTF-8.</summary>
    public string ToText() => Encoding.UTF8.GetString(AsSpan());

    /// <inheritdoc/>
    public bool Equals(Bytes other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Bytes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Bytes left, Bytes right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Bytes left, Bytes right) => !left.Equals(right);
}

/// <summary>
/// One JSON value kept as its UTF-8 text: a raw extension, a schema's example, the fields of a managed-fields entry.
/// <c>default</c> is absent.
/// </summary>
public readonly struct RawJson(byte[]? utf8) : IEquatable<RawJson>
{
    /// <summary>True when there is no value.</summary>
    public bool IsAbsent => utf8 is null;

    /// <summary>The JSON text, without a copy.</summary>
    public ReadOnlySpan<byte> AsSpan() => utf8;

    /// <summary>The JSON text, without a copy.</summary>
    public ReadOnlyMemory<byte> AsMemory() => utf8;

    /// <inheritdoc/>
    public bool Equals(RawJson other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(AsSpan());

    /// <summary>Equality of the text.</summary>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <summary>Inequality of the text.</summary>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}
