using System.Runtime.CompilerServices;

namespace Keelson.Server.Metrics;

/// <summary>
/// The label values of one time series, as a key. Looking a series up copies references only: no array, no string is
/// made.
/// </summary>
internal struct LabelValues : IEquatable<LabelValues>
{
    /// <summary>The most labels a metric may have.</summary>
    public const int Capacity = 10;

    private Slots _slots;

    /// <summary>The values in the order of the metric's label names.</summary>
    public LabelValues(ReadOnlySpan<string> values)
    {
        Count = values.Length;
        values.CopyTo(_slots);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>One of them.</summary>
    public readonly string this[int index] => _slots[index];

    /// <inheritdoc/>
    public readonly bool Equals(LabelValues other)
    {
        if (Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (!string.Equals(_slots[i], other._slots[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is LabelValues other && Equals(other);

    /// <summary>
    /// Length and three characters of each value: label values are few and short words, so this parts them as well as
    /// hashing every character would, in a tenth of the time.
    /// </summary>
    public override readonly int GetHashCode()
    {
        uint hash = 17;
        for (int i = 0; i < Count; i++)
        {
            string value = _slots[i];
            hash = (hash * 31) + (uint)value.Length;
            if (value.Length > 0)
            {
                hash = (hash * 31) + (uint)((value[0] << 16) ^ (value[value.Length / 2] << 8) ^ value[^1]);
            }
        }

        return (int)hash;
    }

    [InlineArray(Capacity)]
    private struct Slots
    {
        private string _first;
    }
}
