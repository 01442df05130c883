using System.Runtime.CompilerServices;

namespace Keelson.Machinery.Wire;

/// <summary>Which of an object's fields the decoder has met; one bit a field, enough for the widest kind.</summary>
[InlineArray(2)]
public struct SeenFields
{
    private ulong _bits;

    /// <summary>Marks a field; true when it was marked before.</summary>
    public bool Mark(int field)
    {
        ref ulong word = ref this[field >> 6];
        ulong bit = 1UL << (field & 63);
        bool before = (word & bit) != 0;
        word |= bit;
        return before;
    }
}
