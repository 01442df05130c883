namespace Keelson.Server.Storage;

/// <summary>
/// A stretch of a snapshot: some objects in the order of their keys, and the same compressed, once a client took a list
/// that way. The objects never change, so what was made of them holds for as long as the chunk lives.
/// </summary>
internal sealed class ObjectChunk(StoredObject[] objects)
{
    private KeptFragment? _compressed;

    /// <summary>The objects.</summary>
    public StoredObject[] Objects { get; } = objects;

    /// <summary>The objects as items of a list, compressed; null when that is not kept.</summary>
    public GzipFragment? Compressed
    {
        get
        {
            KeptFragment? kept = Volatile.Read(ref _compressed);
            if (kept is not null)
            {
                kept.UsedIn = kept.Budget.Round;
            }

            return kept?.Fragment;
        }
    }

    /// <summary>Keeps the compressed objects, if there is room.</summary>
    public void Keep(GzipFragment fragment, FormBudget budget)
    {
        if (budget.TryTake(fragment.Deflated.Length)
            && Interlocked.CompareExchange(ref _compressed, new(fragment, budget), null) is not null)
        {
            budget.Give(fragment.Deflated.Length);
        }
    }

    /// <summary>The chunk has been replaced in its snapshot: nothing is kept any more.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _compressed, null) is { } kept)
        {
            kept.Budget.Give(kept.Fragment.Deflated.Length);
        }
    }

    /// <summary>Drops what nobody asked for in a while.</summary>
    public void DropCold()
    {
        if (Volatile.Read(ref _compressed) is { } kept && kept.UsedIn < kept.Budget.FirstWarmRound)
        {
            Release();
        }

        foreach (StoredObject obj in Objects)
        {
            obj.DropColdForms();
        }
    }

    private sealed class KeptFragment(GzipFragment fragment, FormBudget budget)
    {
        public GzipFragment Fragment { get; } = fragment;

        public FormBudget Budget { get; } = budget;

        public int UsedIn { get; set; } = budget.Round;
    }
}

/// <summary>A part of a gzip stream that stands for itself: it refers to nothing before it and ends on a
/// byte.</summary>
/// <param name="Deflated">The bytes.</param>
/// <param name="Sum">The CRC-32 of what they stand for.</param>
/// <param name="Length">The length of what they stand for.</param>
internal sealed record GzipFragment(byte[] Deflated, uint Sum, long Length);
