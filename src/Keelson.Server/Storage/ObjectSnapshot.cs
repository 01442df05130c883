namespace Keelson.Server.Storage;

/// <summary>
/// All objects of a resource at one revision, in the order of their keys. Immutable: a write makes a new snapshot that
/// shares all but one chunk with the old one, so a reader keeps a consistent picture for as long as it likes and no
/// lock is needed.
/// </summary>
internal sealed class ObjectSnapshot
{
    /// <summary>Objects a chunk: a write copies one chunk (2 kB) and the list of chunks (4 kB for 100,000
    /// objects).</summary>
    private const int ChunkSize = 256;

    private readonly ObjectChunk[] _chunks;

    private ObjectSnapshot(ObjectChunk[] chunks, int count, long revision)
    {
        _chunks = chunks;
        Count = count;
        Revision = revision;
    }

    /// <summary>No objects, at no revision.</summary>
    public static ObjectSnapshot Empty { get; } = new([], 0, 0);

    /// <summary>How many objects.</summary>
    public int Count { get; }

    /// <summary>The revision of the newest change in it.</summary>
    public long Revision { get; }

    /// <summary>A snapshot of objects that are sorted by key.</summary>
    public static ObjectSnapshot From(List<StoredObject> sorted, long revision)
    {
        ObjectChunk[] chunks = new ObjectChunk[(sorted.Count + ChunkSize - 1) / ChunkSize];
        for (int i = 0; i < chunks.Length; i++)
        {
            int from = i * ChunkSize;
            chunks[i] = new([.. sorted.GetRange(from, Math.Min(ChunkSize, sorted.Count - from))]);
        }

        return new(chunks, sorted.Count, revision);
    }

    /// <summary>The object at a key.</summary>
    public StoredObject? Find(string key)
    {
        int chunk = ChunkOf(key);
        if (chunk < 0)
        {
            return null;
        }

        StoredObject[] objects = _chunks[chunk].Objects;
        int at = Search(objects, key);
        return at >= 0 ? objects[at] : null;
    }

    /// <summary>A snapshot with the object put in, or with what stood at its key replaced.</summary>
    public ObjectSnapshot Put(StoredObject obj)
    {
        if (_chunks.Length == 0)
        {
            return new([new([obj])], 1, obj.Revision);
        }

        int chunk = Math.Max(ChunkOf(obj.Key), 0);
        StoredObject[] old = _chunks[chunk].Objects;
        int at = Search(old, obj.Key);
        if (at >= 0)
        {
            StoredObject[] replaced = (StoredObject[])old.Clone();
            replaced[at] = obj;
            return new(With(chunk, replaced), Count, obj.Revision);
        }

        StoredObject[] grown = new StoredObject[old.Length + 1];
        Array.Copy(old, grown, ~at);
        grown[~at] = obj;
        Array.Copy(old, ~at, grown, ~at + 1, old.Length - ~at);
        if (grown.Length <= ChunkSize)
        {
            return new(With(chunk, grown), Count + 1, obj.Revision);
        }

        // Keys mostly grow (pod-000001, pod-000002, …): splitting near the end keeps chunks full then.
        int split = ~at == old.Length ? ChunkSize : grown.Length / 2;
        _chunks[chunk].Release();
        ObjectChunk[] chunks =
            [.. _chunks.AsSpan(0, chunk), new(grown[..split]), new(grown[split..]), .. _chunks.AsSpan(chunk + 1)];
        return new(chunks, Count + 1, obj.Revision);
    }

    /// <summary>A snapshot without the object at a key.</summary>
    public ObjectSnapshot Remove(string key, long revision)
    {
        int chunk = ChunkOf(key);
        int at = chunk < 0 ? -1 : Search(_chunks[chunk].Objects, key);
        if (at < 0)
        {
            return new(_chunks, Count, revision);
        }

        StoredObject[] old = _chunks[chunk].Objects;
        if (old.Length == 1)
        {
            _chunks[chunk].Release();
            return new([.. _chunks.AsSpan(0, chunk), .. _chunks.AsSpan(chunk + 1)], Count - 1, revision);
        }

        StoredObject[] shrunk = [.. old.AsSpan(0, at), .. old.AsSpan(at + 1)];
        return new(With(chunk, shrunk), Count - 1, revision);
    }

    /// <summary>All objects.</summary>
    public IEnumerable<StoredObject> All => _chunks.SelectMany(static chunk => chunk.Objects);

    /// <summary>The objects from a key on, up to a key (null: to the end).</summary>
    public ObjectRange Range(string from, string? to) =>
        new(_chunks, PlaceOf(from), to is null ? (_chunks.Length, 0) : PlaceOf(to));

    /// <summary>Drops what was made of objects and nobody asked for in a while.</summary>
    public void DropColdForms()
    {
        foreach (ObjectChunk chunk in _chunks)
        {
            chunk.DropCold();
        }
    }

    /// <summary>Where a key is, or would be.</summary>
    private (int Chunk, int At) PlaceOf(string key)
    {
        int chunk = ChunkOf(key);
        if (chunk < 0)
        {
            return (0, 0);
        }

        int at = Search(_chunks[chunk].Objects, key);
        return (chunk, at < 0 ? ~at : at);
    }

    private static int Search(StoredObject[] objects, string key)
    {
        int low = 0;
        int high = objects.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = string.CompareOrdinal(objects[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>The last chunk whose first key is not behind the key; -1 when there is none.</summary>
    private int ChunkOf(string key)
    {
        int low = 0;
        int high = _chunks.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (string.CompareOrdinal(_chunks[middle].Objects[0].Key, key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private ObjectChunk[] With(int chunk, StoredObject[] objects)
    {
        _chunks[chunk].Release();
        ObjectChunk[] chunks = (ObjectChunk[])_chunks.Clone();
        chunks[chunk] = new(objects);
        return chunks;
    }
}
