using System.Globalization;
using System.Net;

namespace Keelson.Network.Dns;

/// <summary>Names that stand for addresses: <c>7.0.1.10.in-addr.arpa</c>.</summary>
internal static class ReverseName
{
    private const string IPv4 = ".in-addr.arpa";
    private const string IPv6 = ".ip6.arpa";

    /// <summary>The address; null when the name stands for none.</summary>
    public static IPAddress? Parse(string name)
    {
        if (name.EndsWith(IPv4, StringComparison.Ordinal))
        {
            string[] parts = name[..^IPv4.Length].Split('.');
            byte[] bytes = new byte[4];
            if (parts.Length != bytes.Length)
            {
                return null;
            }

            for (int i = 0; i < bytes.Length; i++)
            {
                if (!byte.TryParse(parts[^(i + 1)], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                {
                    return null;
                }
            }

            return new(bytes);
        }

        return name.EndsWith(IPv6, StringComparison.Ordinal) ? ParseIPv6(name.AsSpan(0, name.Length - IPv6.Length))
            : null;
    }

    private static IPAddress? ParseIPv6(ReadOnlySpan<char> digits)
    {
        // 32 digits with dots between, the last digit first.
        if (digits.Length != 63)
        {
            return null;
        }

        byte[] bytes = new byte[16];
        for (int i = 0; i < 32; i++)
        {
            char digit = digits[62 - (2 * i)];
            if (!char.IsAsciiHexDigit(digit) || (i > 0 && digits[63 - (2 * i)] != '.'))
            {
                return null;
            }

            int value = Convert.ToInt32(digit.ToString(), 16);
            bytes[i / 2] |= (byte)(i % 2 == 0 ? value << 4 : value);
        }

        return new(bytes);
    }
}
