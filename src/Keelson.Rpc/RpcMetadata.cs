using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Keelson.Rpc;

/// <summary>
/// Headers or trailers of a call, in order; a name may occur more than once. Names are lower case. A name that ends
/// in <c>-bin</c> carries bytes, every other one printable ASCII.
/// </summary>
public sealed class RpcMetadata : IEnumerable<KeyValuePair<string, string>>
{
    private const string BinarySuffix = "-bin";

    private readonly List<KeyValuePair<string, string>> entries = [];

    /// <summary>How many entries there are.</summary>
    public int Count => entries.Count;

    /// <summary>The first value of a name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> entry in entries)
            {
                if (entry.Key == name)
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Adds a text value. Throws when the name or the value can't travel.</summary>
    public void Add(string name, string value)
    {
        CheckName(name);
        if (name.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"metadata \"{name}\" carries bytes", nameof(name));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"metadata \"{name}\" contains value with non-printable ASCII", nameof(value));
        }

        entries.Add(new(name, value));
    }

    /// <summary>Adds bytes; the name must end in <c>-bin</c>.</summary>
    public void AddBinary(string name, ReadOnlySpan<byte> value)
    {
        CheckName(name);
        if (!name.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"metadata \"{name}\" must end in {BinarySuffix} to carry bytes", nameof(name));
        }

        entries.Add(new(name, Convert.ToBase64String(value)));
    }

    /// <summary>The bytes of the first entry of a <c>-bin</c> name. False when absent or not base64.</summary>
    public bool TryGetBinary(string name, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        return this[name] is { } text && TryDecodeBinary(text, out value);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();

    /// <summary>Base64 with or without padding: senders are free to leave it off.</summary>
    internal static bool TryDecodeBinary(string text, [NotNullWhen(true)] out byte[]? value)
    {
        string trimmed = text.TrimEnd('=');
        string padded = trimmed.PadRight((trimmed.Length + 3) / 4 * 4, '=');
        byte[] buffer = new byte[padded.Length / 4 * 3];
        bool valid = Convert.TryFromBase64String(padded, buffer, out int written);
        value = valid ? buffer[..written] : null;
        return valid;
    }

    /// <summary>Takes over a received header unless the protocol itself owns the name.</summary>
    internal void AddReceived(string name, string value)
    {
        string lower = name.ToLowerInvariant();
        if (IsReserved(lower))
        {
            return;
        }

        // Base64 has no comma: whatever joined entries of one name on the way, they can be told apart again.
        if (lower.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
            {
                entries.Add(new(lower, part));
            }
        }
        else
        {
            entries.Add(new(lower, value));
        }
    }

    private static void CheckName(string name)
    {
        foreach (Rune letter in name.EnumerateRunes())
        {
            bool legal = letter.Value is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';
            if (!legal)
            {
                throw new ArgumentException(
                    $"metadata name \"{name}\" may hold only a-z, 0-9, '-', '_', '.'", nameof(name));
            }
        }

        if (name.Length == 0 || IsReserved(name))
        {
            throw new ArgumentException($"metadata name \"{name}\" belongs to the protocol", nameof(name));
        }
    }

    private static bool IsReserved(string name) =>
        name.StartsWith(':') || name.StartsWith("grpc-", StringComparison.Ordinal)
        || name is "content-type" or "te" or "host" or "connection" or "transfer-encoding" or "content-length";
}
