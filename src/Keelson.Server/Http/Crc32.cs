namespace Keelson.Server.Http;

/// <summary>
/// The sum of gzip, of short texts, and of texts that are joined: a sum is the text as a polynomial, modulo another, so
/// the sum of two texts is that of the first moved up by the length of the second, plus that of the second.
/// </summary>
internal static class Crc32
{
    // x^32 + x^26 + x^23 + …, lowest power in the highest bit, as gzip (RFC 1952) has it.
    private const uint Polynomial = 0xEDB88320;

    private const uint One = 0x8000_0000;

    /// <summary>x^(8·2^i): what moves a sum up by 2^i bytes.</summary>
    private static readonly uint[] Shifts = MakeShifts();

    /// <summary>The sum of bytes; bit by bit, as these are few.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            sum ^= one;
            for (int i = 0; i < 8; i++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * Polynomial);
            }
        }

        return ~sum;
    }

    /// <summary>The sum of a text whose parts have these sums.</summary>
    public static uint Join(uint first, uint second, long secondLength)
    {
        uint shift = One;
        for (int i = 0; secondLength >> i != 0; i++)
        {
            if (((secondLength >> i) & 1) != 0)
            {
                shift = Multiply(Shifts[i], shift);
            }
        }

        return Multiply(shift, first) ^ second;
    }

    private static uint[] MakeShifts()
    {
        uint[] shifts = new uint[48];
        uint power = One >> 8;
        for (int i = 0; i < shifts.Length; i++)
        {
            shifts[i] = power;
            power = Multiply(power, power);
        }

        return shifts;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b >> 1) ^ ((b & 1) * Polynomial);
        }

        return product;
    }
}
