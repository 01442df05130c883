using System.Collections;

namespace Keelson.Server.Storage;

/// <summary>The objects of a snapshot between two keys: a list that can be counted and walked without copying
/// it.</summary>
internal sealed class ObjectRange : IEnumerable<StoredObject>
{
    private readonly ObjectChunk[] _chunks;
    private readonly (int Chunk, int At) _start;
    private readonly (int Chunk, int At) _end;

    /// <summary>The objects from one place on to before another.</summary>
    public ObjectRange(ObjectChunk[] chunks, (int Chunk, int At) start, (int Chunk, int At) end)
    {
        _chunks = chunks;
        _start = start;
        _end = end;
    }

    /// <summary>How many objects.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (ObjectSlice slice in Slices)
            {
                count += slice.Count;
            }

            return count;
        }
    }

    /// <summary>The chunks, or parts of them, that make up the range.</summary>
    public IEnumerable<ObjectSlice> Slices
    {
        get
        {
            for (int chunk = _start.Chunk; chunk <= _end.Chunk && chunk < _chunks.Length; chunk++)
            {
                int from = chunk == _start.Chunk ? _start.At : 0;
                int to = chunk == _end.Chunk ? _end.At : _chunks[chunk].Objects.Length;
                if (from < to)
                {
                    yield return new(_chunks[chunk], from, to);
                }
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<StoredObject> GetEnumerator()
    {
        foreach (ObjectSlice slice in Slices)
        {
            for (int i = slice.From; i < slice.To; i++)
            {
                yield return slice.Chunk.Objects[i];
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A part of a chunk.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="From">The index of the first object.</param>
/// <param name="To">The index behind the last.</param>
internal readonly record struct ObjectSlice(ObjectChunk Chunk, int From, int To)
{
    /// <summary>How many objects.</summary>
    public int Count => To - From;

    /// <summary>True for all of the chunk.</summary>
    public bool IsWhole => From == 0 && To == Chunk.Objects.Length;

    /// <summary>The objects.</summary>
    public ReadOnlySpan<StoredObject> Objects => Chunk.Objects.AsSpan(From, Count);
}
