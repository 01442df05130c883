namespace Keelson.Nodes.Checkpoints;

/// <summary>The checksum of some checkpoints: CRC-32 with IEEE's polynomial, as zip files have it. They are short.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xedb88320;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            sum ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ Polynomial;
            }
        }

        return ~sum;
    }
}
