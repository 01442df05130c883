using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keelson.Network.Dns;

/// <summary>Reads records as zone files have them (RFC 1035 section 5): <c>www 60 IN A 192.0.2.7</c>.</summary>
/// <param name="origin">The domain of names without a dot at their end; without a dot at its own.</param>
/// <param name="ttl">How long records hold that don't say, in seconds.</param>
internal sealed class DnsRecordText(string origin, uint ttl)
{
    private static readonly Dictionary<char, uint> Units =
        new() { ['s'] = 1, ['m'] = 60, ['h'] = 3600, ['d'] = 86400, ['w'] = 604800 };

    /// <summary>Reads a record.</summary>
    /// <param name="text">The record; it may go over several lines within parentheses.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public DnsRecord Read(string text)
    {
        List<(string Text, bool IsQuoted)> words = Words(text);
        return words.Count > 0
            ? Read(Name(words[0].Text), words[1..])
            : throw new FormatException("there is no record");
    }

    /// <summary>Reads what stands behind a record's owner.</summary>
    public DnsRecord Read(string owner, List<(string Text, bool IsQuoted)> words)
    {
        uint holds = ttl;
        int next = 0;
        for (; next < words.Count; next++)
        {
            string word = words[next].Text;
            if (Seconds(word) is { } seconds)
            {
                holds = seconds;
            }
            else if (!word.Equals("IN", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }
        }

        if (next == words.Count || !DnsNames.Types.TryGetValue(words[next].Text, out ushort type))
        {
            throw new FormatException(next == words.Count ? "it has no type"
                : $"{words[next].Text} is no type of records");
        }

        return Data(type, owner, holds, words[(next + 1)..]);
    }

    /// <summary>A name in full, in lower case, without the last dot.</summary>
    public string Name(string text)
    {
        string name = text == "@" ? origin
            : text.EndsWith('.') ? text[..^1]
            : origin.Length == 0 ? text : text + "." + origin;
        bool isName = name.Length < DnsLimits.NameSize - 1 && !name.Any(static one => one is '\\' or > '\x7e' or <= ' ')
            && (name.Length == 0 || name.Split('.').All(static one => one.Length is > 0 and < 64));
        return isName ? name.ToLowerInvariant() : throw new FormatException($"{text} is no name");
    }

    /// <summary>A time as zone files have it: <c>3600</c>, <c>1h30m</c>; null for none.</summary>
    public static uint? Seconds(string text)
    {
        ulong sum = 0;
        ulong number = 0;
        bool hasDigit = false;
        foreach (char one in text)
        {
            if (char.IsAsciiDigit(one))
            {
                number = (number * 10) + (ulong)(one - '0');
                hasDigit = true;
            }
            else if (hasDigit && Units.TryGetValue(char.ToLowerInvariant(one), out uint unit))
            {
                sum += number * unit;
                number = 0;
                hasDigit = false;
            }
            else
            {
                return null;
            }

            if (sum + number > uint.MaxValue)
            {
                return null;
            }
        }

        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? (uint)(sum + number) : null;
    }

    /// <summary>The words of a text: quotes hold together, and comments and parentheses are no words.</summary>
    public static List<(string Text, bool IsQuoted)> Words(string text)
    {
        List<(string, bool)> words = [];
        StringBuilder word = new();
        bool isQuoted = false;
        bool isComment = false;
        void End(bool wasQuoted)
        {
            if (word.Length > 0 || wasQuoted)
            {
                words.Add((word.ToString(), wasQuoted));
                word.Clear();
            }
        }

        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (isComment)
            {
                isComment = one != '\n';
            }
            else if (one == '\\' && i + 1 < text.Length)
            {
                bool isNumber = i + 3 < text.Length
                    && int.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out _);
                word.Append(isNumber
                    ? (char)(int.Parse(text.AsSpan(i + 1, 3), CultureInfo.InvariantCulture) & 0xff) : text[i + 1]);
                i += isNumber ? 3 : 1;
            }
            else if (one == '"')
            {
                End(isQuoted);
                isQuoted = !isQuoted;
            }
            else if (isQuoted || !(char.IsWhiteSpace(one) || one is '(' or ')' or ';'))
            {
                word.Append(one);
            }
            else
            {
                End(false);
                isComment = one == ';';
            }
        }

        End(false);
        return words;
    }

    private DnsRecord Data(ushort type, string owner, uint holds, List<(string Text, bool IsQuoted)> words)
    {
        string[] plain = [.. words.Select(static one => one.Text)];
        switch (type)
        {
            case DnsType.A when plain is [{ } text] && AddressOf(text, AddressFamily.InterNetwork) is { } address:
                return DnsRecord.Of(address, owner) with { Ttl = holds };
            case DnsType.Aaaa when plain is [{ } text] && AddressOf(text, AddressFamily.InterNetworkV6) is { } address:
                return DnsRecord.Of(address, owner) with { Ttl = holds };
            case DnsType.Cname or DnsType.Ns or DnsType.Ptr when plain is [{ } target]:
                return DnsRecord.To(type, Name(target), owner) with { Ttl = holds };
            case DnsType.Mx when plain is [{ } preference, { } target]:
                return Raw([.. Number(preference, 2), .. Wire(target)]);
            case DnsType.Srv when plain is [{ } priority, { } weight, { } port, { } target]:
                return Raw([.. Number(priority, 2), .. Number(weight, 2), .. Number(port, 2), .. Wire(target)]);
            case DnsType.Soa when plain is [{ } server, { } box, { } serial, .. { Length: 4 } times]:
                return Raw(
                [
                    .. Wire(server), .. Wire(box), .. Number(serial, 4),
                    .. times.SelectMany(static one => Number(Seconds(one), 4)),
                ]);
            case DnsType.Txt or DnsType.Spf when plain.Length > 0:
                return Raw([.. plain.SelectMany(Text)]);
            case DnsType.HInfo when plain is [{ } cpu, { } system]:
                return Raw([.. Text(cpu), .. Text(system)]);
            case DnsType.Caa when plain is [{ } flags, { } tag, { } value]:
                return Raw([Number(flags, 2)[1], .. Text(tag), .. Encoding.Latin1.GetBytes(value)]);
            default:
                throw new FormatException(
                    $"a record of type {DnsNames.Of(type)} can't be read: {string.Join(' ', plain)}");
        }

        DnsRecord Raw(byte[] data) => DnsRecord.Copy(type, owner, holds, data);
    }

    private static IPAddress? AddressOf(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family ? address : null;

    private byte[] Wire(string name) => DnsRecord.WireOf(Name(name));

    private static byte[] Text(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        return bytes.Length < 256 ? [(byte)bytes.Length, .. bytes]
            : throw new FormatException("a text is longer than 255 bytes");
    }

    private static byte[] Number(string text, int size) => Number(
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null, size);

    private static byte[] Number(uint? number, int size)
    {
        if (number is not { } value || (size == 2 && value > ushort.MaxValue))
        {
            throw new FormatException("a number of a record is none, or too large");
        }

        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes[(4 - size)..];
    }
}
