using System.Text;

namespace Keelson.Machinery.Tests.Fuzz;

/// <summary>Makes new inputs out of good ones: bytes flipped, cut, doubled, and tokens put where they do
/// harm.</summary>
internal sealed class Mutation(int seed)
{
    private static readonly byte[][] Tokens = [.. new[]
    {
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "1e999", "99999999999999999999", "0x", "\\u", "\\ud800", "\n", "\t", " ",
        "\"$patch\":\"delete\"", "\"$retainKeys\":[]", "\"$setElementOrder/x\":[{}]", "k:{}", "v:null", "i:0", "f:", ".", "-", "..", "/", "~1",
        "*a", "&a ", "<<: ", "!!int ", "|\n", "? ", "(", ")", " in ", "!", "==", "Ki", "e", "\0", "é", "\U0001F600",
    }.Select(Encoding.UTF8.GetBytes), [0xff, 0xfe], [0x80], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]];

    public Random Random { get; } = new(seed);

    public byte[] Of(params ReadOnlySpan<byte[]> good)
    {
        List<byte> bytes = [.. good[Random.Next(good.Length)]];
        for (int i = Random.Next(1, 6); i > 0; i--)
        {
            Step(bytes, good[Random.Next(good.Length)]);
        }

        return [.. bytes];
    }

    private void Step(List<byte> bytes, byte[] other)
    {
        int at = Random.Next(bytes.Count + 1);
        int length = Math.Min(Random.Next(8), bytes.Count - at);
        switch (Random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                int from = Random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(Random.Next(40), other.Length - from)).ToArray());
                break;
            default:
                bytes.InsertRange(at, Tokens[Random.Next(Tokens.Length)]);
                break;
        }
    }
}
