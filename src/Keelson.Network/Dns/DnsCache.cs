using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Keelson.Network.Dns;

/// <summary>What an answer of another server is kept under.</summary>
internal readonly record struct DnsCacheKey(string Name, ushort Type, bool HasEdns, bool WantsSignatures)
{
    public static DnsCacheKey Of(in DnsQuery query) =>
        new(query.Name, query.Type, query.HasEdns, query.WantsSignatures);
}

/// <summary>Answers of other servers, for as long as they hold.</summary>
internal sealed class DnsCache(int size, TimeProvider clock)
{
    // What CoreDNS' cache takes: answers are kept for five seconds at least, and failures for as long.
    private const uint LeastSeconds = 5;

    private readonly ConcurrentDictionary<DnsCacheKey, Entry> _entries = [];

    /// <summary>How many answers are kept, and how many of them say that there is nothing.</summary>
    public (int Success, int Denial) Count()
    {
        int denials = _entries.Count(static one => IsDenial(one.Value.Message));
        return (_entries.Count - denials, denials);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>True for answers that say that there is nothing.</summary>
    public static bool IsDenial(ReadOnlySpan<byte> message) =>
        (message[3] & 0xf) != DnsCode.NoError || BinaryPrimitives.ReadUInt16BigEndian(message[6..]) == 0;

    /// <summary>An answer with what is left of its times; null when there is none.</summary>
    public byte[]? Find(DnsCacheKey key)
    {
        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            return null;
        }

        TimeSpan age = clock.GetElapsedTime(entry.StoredAt);
        if (age >= entry.Lifetime)
        {
            _entries.TryRemove(key, out _);
            return null;
        }

        byte[] message = [.. entry.Message];
        uint seconds = (uint)age.TotalSeconds;
        foreach (int offset in entry.TtlOffsets)
        {
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(offset));
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(offset), ttl > seconds ? ttl - seconds : 0);
        }

        return message;
    }

    /// <summary>
    /// Keeps an answer, if it is one that may be kept. Its records then say how long it is kept, all of them: else a
    /// client would see times that jump.
    /// </summary>
    /// <param name="key">The question.</param>
    /// <param name="message">The answer.</param>
    /// <param name="block">For how long answers are kept.</param>
    public void Put(DnsCacheKey key, byte[] message, DnsServerBlock block)
    {
        int code = message[3] & 0xf;
        bool isDenial = IsDenial(message);
        uint most = isDenial ? block.DenialSeconds : block.SuccessSeconds;
        if (code is not (DnsCode.NoError or DnsCode.NameError or DnsCode.ServerFailure) || (message[2] & 2) != 0
            || most == 0 || TtlOffsets(message, out uint least, out bool hasStart) is not { } offsets)
        {
            return;
        }

        // A denial without the start of its zone does not say how long it holds (RFC 2308).
        if (code == DnsCode.ServerFailure)
        {
            least = LeastSeconds;
        }
        else if (isDenial && !hasStart)
        {
            return;
        }

        uint seconds = Math.Min(Math.Max(least, LeastSeconds), most);
        foreach (int offset in offsets)
        {
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(offset), seconds);
        }

        MakeRoom();
        _entries[key] = new([.. message], offsets, clock.GetTimestamp(), TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Where the times of a message's records stand; null when it makes no sense.</summary>
    private static int[]? TtlOffsets(byte[] message, out uint least, out bool hasStart)
    {
        List<int> offsets = [];
        least = uint.MaxValue;
        hasStart = false;
        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        int records = 0;
        if (!reader.SkipName())
        {
            return null;
        }

        reader.Position += 4;
        for (int counter = 6; counter <= 10; counter += 2)
        {
            records += BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(counter));
        }

        for (int i = 0; i < records; i++)
        {
            if (!reader.TryReadRecord(out DnsRecordView record))
            {
                return null;
            }

            if (record.Type != DnsType.Opt)
            {
                offsets.Add(record.TtlOffset);
                least = Math.Min(least, record.Ttl);
                hasStart |= record.Type == DnsType.Soa;
            }
        }

        return [.. offsets];
    }

    /// <summary>Lets some entries go when there are too many: expired ones first, then any.</summary>
    private void MakeRoom()
    {
        if (_entries.Count < size)
        {
            return;
        }

        foreach ((DnsCacheKey key, Entry entry) in _entries)
        {
            if (clock.GetElapsedTime(entry.StoredAt) >= entry.Lifetime)
            {
                _entries.TryRemove(key, out _);
            }
        }

        foreach (DnsCacheKey key in _entries.Keys.Take(Math.Max(0, _entries.Count - (size * 9 / 10))))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private sealed record Entry(byte[] Message, int[] TtlOffsets, long StoredAt, TimeSpan Lifetime);
}
