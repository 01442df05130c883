using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Controllers.NodeIpam;

/// <summary>
/// A range cut into equal parts, some of which are taken: 10.244.0.0/16 in parts of 24 bits has 256 of them. The next
/// one that is given is the first free one behind the last that was given.
/// </summary>
internal sealed class CidrSet
{
    /// <summary>The most bits between the range's prefix and a part's (upstream's limit).</summary>
    public const int MostBits = 16;

    private readonly UInt128 _base;
    private readonly int _width;
    private readonly int _maskSize;
    private readonly BitArray _taken;
    private int _next;

    /// <summary>A set with nothing taken.</summary>
    /// <param name="range">The range.</param>
    /// <param name="maskSize">The length of a part's prefix.</param>
    /// <exception cref="ArgumentException">The parts don't fit into the range, or are too many.</exception>
    public CidrSet(IPNetwork range, int maskSize)
    {
        int bits = maskSize - range.PrefixLength;
        if (bits < 0)
        {
            throw new ArgumentException(
                "nodeCIDRMaskSize must be greater than or equal to the cluster CIDR's mask size", nameof(maskSize));
        }

        if (bits > MostBits)
        {
            throw new ArgumentException("New CIDR set failed; the node CIDR size is too big", nameof(maskSize));
        }

        _width = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        _base = Number(range.BaseAddress);
        _maskSize = maskSize;
        _taken = new BitArray(1 << bits);
    }

    /// <summary>Takes a part and gives it; null when all are taken.</summary>
    public string? Allocate()
    {
        for (int i = 0; i < _taken.Length; i++)
        {
            int at = (_next + i) % _taken.Length;
            if (!_taken[at])
            {
                _taken[at] = true;
                _next = (at + 1) % _taken.Length;
                return Text(at);
            }
        }

        return null;
    }

    /// <summary>Takes all parts that overlap a range; nothing when it lies elsewhere.</summary>
    public void Occupy(string range) => Mark(range, true);

    /// <summary>Gives parts back.</summary>
    public void Release(string range) => Mark(range, false);

    private static UInt128 Number(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private void Mark(string range, bool taken)
    {
        if (!IPNetwork.TryParse(range, out IPNetwork other)
            || (other.BaseAddress.AddressFamily == AddressFamily.InterNetwork) != (_width == 32))
        {
            return;
        }

        UInt128 part = UInt128.One << (_width - _maskSize);
        UInt128 first = Number(other.BaseAddress);
        UInt128 last = first + ((UInt128.One << (_width - other.PrefixLength)) - 1);
        UInt128 end = _base + (part * (UInt128)_taken.Length) - 1;
        if (last < _base || first > end)
        {
            return;
        }

        int from = first <= _base ? 0 : (int)((first - _base) / part);
        int to = last >= end ? _taken.Length - 1 : (int)((last - _base) / part);
        for (int i = from; i <= to; i++)
        {
            _taken[i] = taken;
        }
    }

    private string Text(int index)
    {
        UInt128 number = _base + ((UInt128)index << (_width - _maskSize));
        byte[] bytes = new byte[_width / 8];
        if (_width == 32)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{_maskSize}");
    }
}
