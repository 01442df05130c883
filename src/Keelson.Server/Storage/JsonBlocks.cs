using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Keelson.Server.Storage;

/// <summary>
/// Looks for the end of an object or list, 64 bytes at a time: which of them are quotes, escapes and brackets becomes a
/// bit of a number each, and arithmetic on those says which brackets are in no text (as simdjson does).
/// </summary>
internal struct JsonBlocks
{
    /// <summary>The bytes of a block.</summary>
    public const int Size = 64;

    private const ulong OddBits = 0xAAAA_AAAA_AAAA_AAAA;

    private int _depth;
    private ulong _inText;
    private ulong _isEscaped;

    /// <summary>
    /// Takes the next block; the first one begins with the bracket. Gives the offset behind the bracket that closes it,
    /// -1 when that is not in the block.
    /// </summary>
    public int EndIn(ReadOnlySpan<byte> block)
    {
        Marks marks = Marks.Of(block);
        ulong quotes = marks.Quotes & ~Escaped(marks.Backslashes);
        ulong inText = Parity(quotes) ^ _inText;
        _inText = (ulong)((long)inText >> 63);
        ulong opening = marks.Opening & ~inText;
        ulong closing = marks.Closing & ~inText;
        int closed = BitOperations.PopCount(closing);
        if (closed < _depth)
        {
            _depth += BitOperations.PopCount(opening) - closed;
            return -1;
        }

        for (ulong brackets = opening | closing; brackets != 0; brackets &= brackets - 1)
        {
            int at = BitOperations.TrailingZeroCount(brackets);
            _depth += (opening >> at & 1) != 0 ? 1 : -1;
            if (_depth == 0)
            {
                return at + 1;
            }
        }

        return -1;
    }

    /// <summary>Each bit says whether there is an odd number of bits up to it: from a quote on to the next.</summary>
    private static ulong Parity(ulong bits)
    {
        for (int shift = 1; shift < Size; shift <<= 1)
        {
            bits ^= bits << shift;
        }

        return bits;
    }

    /// <summary>
    /// The bytes that a backslash escapes. A run of backslashes escapes every second of its own bytes; subtracting its
    /// start carries through the run and shows where it ends, on an odd or an even place.
    /// </summary>
    private ulong Escaped(ulong backslashes)
    {
        if (backslashes == 0)
        {
            ulong first = _isEscaped;
            _isEscaped = 0;
            return first;
        }

        ulong starts = backslashes & ~_isEscaped;
        ulong codes = (((starts << 1) | OddBits) - starts) ^ OddBits;
        ulong escaped = codes ^ (backslashes | _isEscaped);
        _isEscaped = (codes & backslashes) >> 63;
        return escaped;
    }

    private readonly record struct Marks(ulong Quotes, ulong Backslashes, ulong Opening, ulong Closing)
    {
        public static Marks Of(ReadOnlySpan<byte> block)
        {
            ref byte start = ref MemoryMarshal.GetReference(block);
            Marks marks = default;
            for (int i = 0; i < Size; i += Vector128<byte>.Count)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref start, (nuint)i);

                // A bit more makes square brackets curly ones.
                Vector128<byte> curly = bytes | Vector128.Create((byte)0x20);
                marks = new(
                    marks.Quotes | Bits(bytes, (byte)'"') << i,
                    marks.Backslashes | Bits(bytes, (byte)'\\') << i,
                    marks.Opening | Bits(curly, (byte)'{') << i,
                    marks.Closing | Bits(curly, (byte)'}') << i);
            }

            return marks;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong Bits(Vector128<byte> bytes, byte wanted) =>
            Vector128.Equals(bytes, Vector128.Create(wanted)).ExtractMostSignificantBits();
    }
}
