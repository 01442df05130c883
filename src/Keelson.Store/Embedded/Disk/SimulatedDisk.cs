namespace Keelson.Store.Embedded.Disk;

/// <summary>
/// A disk in memory that behaves as badly as a real one may. What was not synced is lost, in part, when it crashes:
/// sectors of 512 bytes survive or don't, each for itself; so do new lengths; of creations, deletions and renames since
/// the directory was synced, those up to some point survive. All chance comes from the random source passed in.
/// </summary>
internal sealed class SimulatedDisk(Random random) : IDisk
{
    internal const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly List<Action<Dictionary<string, Content>>> _directoryChanges = [];
    private Dictionary<string, Content> _durable = [];
    private Dictionary<string, Content> _current = [];
    private int _life;
    private bool _isLocked;

    /// <summary>Called before every operation that changes something; may throw, and the operation fails.</summary>
    public Action<string>? OnChange { get; set; }

    /// <summary>The most bytes that files may have together.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    public string PathOf(string name) => "/simulated/" + name;

    public IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            return [.. _current.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public IDiskFile Create(string name)
    {
        OnChange?.Invoke($"create {name}");
        lock (_lock)
        {
            Content content = new();
            Change(files => files[name] = content);
            return new OpenFile(this, content, _life);
        }
    }

    public IDiskFile Open(string name)
    {
        lock (_lock)
        {
            return _current.TryGetValue(name, out Content? content)
                ? new OpenFile(this, content, _life)
                : throw new FileNotFoundException(PathOf(name));
        }
    }

    public void Delete(string name)
    {
        OnChange?.Invoke($"delete {name}");
        lock (_lock)
        {
            Change(files => files.Remove(name));
        }
    }

    public void Rename(string from, string to)
    {
        OnChange?.Invoke($"rename {from} {to}");
        lock (_lock)
        {
            Change(files =>
            {
                if (files.Remove(from, out Content? content))
                {
                    files[to] = content;
                }
            });
        }
    }

    public void SyncDirectory()
    {
        OnChange?.Invoke("sync directory");
        lock (_lock)
        {
            ApplyToDurable(_directoryChanges.Count);
        }
    }

    public IDisposable Lock()
    {
        lock (_lock)
        {
            if (_isLocked)
            {
                throw new StoreLockedException("the simulated disk is locked");
            }
            _isLocked = true;
            return new Unlocker(this, _life);
        }
    }

    /// <summary>The power goes: files are what survived, and whoever had them open can't use them any more.</summary>
    public void Crash()
    {
        lock (_lock)
        {
            ApplyToDurable(random.Next(_directoryChanges.Count + 1));
            // At times everything survives, at times nothing, mostly some.
            double chance = random.Next(4) switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
            foreach (Content content in _durable.Values.Distinct())
            {
                content.Crash(random, chance);
            }
            _current = new Dictionary<string, Content>(_durable);
            _life++;
            _isLocked = false;
        }
    }

    /// <summary>Changes one bit of a file for good.</summary>
    public void FlipBit(string name, long offset, int bit)
    {
        lock (_lock)
        {
            _current[name].FlipBit(offset, bit);
        }
    }

    /// <summary>A file's bytes.</summary>
    public byte[] Read(string name)
    {
        lock (_lock)
        {
            return [.. _current[name].Current];
        }
    }

    private void Change(Action<Dictionary<string, Content>> change)
    {
        change(_current);
        _directoryChanges.Add(change);
    }

    private void ApplyToDurable(int count)
    {
        _durable = new Dictionary<string, Content>(_durable);
        foreach (Action<Dictionary<string, Content>> change in _directoryChanges.Take(count))
        {
            change(_durable);
        }
        _directoryChanges.Clear();
    }

    // How many of the bytes that a file is to grow by there is room for.
    private long Room(long bytes) => Math.Clamp(
        CapacityBytes - _current.Values.Distinct().Sum(content => (long)content.Current.Length), 0, bytes);

    private sealed class Unlocker(SimulatedDisk disk, int life) : IDisposable
    {
        public void Dispose()
        {
            if (disk._life == life)
            {
                disk._isLocked = false;
            }
        }
    }

    /// <summary>A file's bytes as they are, as they would survive, and what lies in between.</summary>
    private sealed class Content
    {
        private readonly List<Action<Content, Random, double>> _pending = [];
        private byte[] _durable = [];

        public byte[] Current { get; private set; } = [];

        public void Write(byte[] bytes, long offset)
        {
            Current = Written(Current, bytes, offset);
            _pending.Add((content, random, chance) =>
            {
                for (int start = 0; start < bytes.Length;)
                {
                    int length = (int)Math.Min(SectorBytes - ((offset + start) % SectorBytes), bytes.Length - start);
                    if (random.NextDouble() < chance)
                    {
                        content._durable = Written(content._durable, bytes[start..(start + length)], offset + start);
                    }
                    start += length;
                }
            });
        }

        public void SetLength(long length)
        {
            Current = Resized(Current, length);
            _pending.Add((content, random, chance) =>
            {
                if (random.NextDouble() < chance)
                {
                    content._durable = Resized(content._durable, length);
                }
            });
        }

        public void Sync()
        {
            _durable = Current;
            _pending.Clear();
        }

        public void Crash(Random random, double chance)
        {
            foreach (Action<Content, Random, double> pending in _pending)
            {
                pending(this, random, chance);
            }
            _pending.Clear();
            Current = _durable;
        }

        public void FlipBit(long offset, int bit)
        {
            Current = [.. Current];
            Current[offset] ^= (byte)(1 << bit);
            _durable = Current;
        }

        private static byte[] Resized(byte[] bytes, long length)
        {
            byte[] result = new byte[length];
            bytes.AsSpan(0, (int)Math.Min(length, bytes.Length)).CopyTo(result);
            return result;
        }

        private static byte[] Written(byte[] target, byte[] bytes, long offset)
        {
            byte[] result = Resized(target, Math.Max(target.Length, offset + bytes.Length));
            bytes.CopyTo(result, offset);
            return result;
        }
    }

    private sealed class OpenFile(SimulatedDisk disk, Content content, int life) : IDiskFile
    {
        public long Length
        {
            get
            {
                lock (disk._lock)
                {
                    return content.Current.Length;
                }
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (disk._lock)
            {
                ThrowIfStale();
                int count = (int)Math.Clamp(content.Current.Length - offset, 0, buffer.Length);
                content.Current.AsSpan((int)offset, count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.OnChange?.Invoke("write");
            lock (disk._lock)
            {
                ThrowIfStale();
                long growth = Math.Max(0, offset + bytes.Length - content.Current.Length);
                long missing = growth - disk.Room(growth);
                content.Write(bytes[..(int)(bytes.Length - Math.Min(missing, bytes.Length))].ToArray(), offset);
                if (missing > 0)
                {
                    throw new DiskFullException("the simulated disk is full");
                }
            }
        }

        public void Sync()
        {
            disk.OnChange?.Invoke("sync");
            lock (disk._lock)
            {
                ThrowIfStale();
                content.Sync();
            }
        }

        public void SetLength(long length)
        {
            disk.OnChange?.Invoke("set length");
            lock (disk._lock)
            {
                ThrowIfStale();
                content.SetLength(length);
            }
        }

        public void Allocate(long length)
        {
            disk.OnChange?.Invoke("allocate");
            lock (disk._lock)
            {
                ThrowIfStale();
                long growth = length - content.Current.Length;
                if (growth <= 0)
                {
                    return;
                }
                if (disk.Room(growth) < growth)
                {
                    throw new DiskFullException("the simulated disk is full");
                }
                content.SetLength(length);
            }
        }

        public void Dispose()
        {
        }

        private void ThrowIfStale()
        {
            if (disk._life != life)
            {
                throw new IOException("the simulated disk has crashed since the file was opened");
            }
        }
    }
}
