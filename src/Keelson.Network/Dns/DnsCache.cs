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
internal sealed class DnsCache(int size, uint mostSeconds, TimeProvider clock)
{
    private readonly ConcurrentDictionary<DnsCacheKey, Entry> _entries = [];

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

    /// <summary>Keeps an answer, if it is one that may be kept.</summary>
    public void Put(DnsCacheKey key, byte[] message)
    {
        int code = message[3] & 0xf;
        if (code is not (DnsCode.NoError or DnsCode.NameError) || (message[2] & 2) != 0)
        {
            return;
        }

        List<int> offsets = [];
        uint least = mostSeconds;
        DnsReader reader = new(message) { Position = DnsLimits.HeaderSize };
        int records = 0;
        if (!reader.SkipName())
        {
            return;
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
                return;
            }

            if (record.Type != DnsType.Opt)
            {
                offsets.Add(record.TtlOffset);
                least = Math.Min(least, record.Ttl);
            }
        }

        // A denial without the start of its zone does not say how long it holds (RFC 2308).
        if (offsets.Count == 0 || least == 0)
        {
            return;
        }

        MakeRoom();
        _entries[key] = new(message, [.. offsets], clock.GetTimestamp(), TimeSpan.FromSeconds(least));
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
