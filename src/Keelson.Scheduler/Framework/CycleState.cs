namespace Keelson.Scheduler.Framework;

/// <summary>What a plugin keeps of one attempt to place one pod.</summary>
internal interface ICycleData
{
    /// <summary>
    /// A copy that <see cref="IPreFilterExtensions"/> may change without the original seeing it; the same object where
    /// it is never changed.
    /// </summary>
    ICycleData Clone();
}

/// <summary>A place in <see cref="CycleState"/>: a static field of the plugin that uses it.</summary>
/// <typeparam name="T">What is kept there.</typeparam>
internal sealed class StateSlot<T>
    where T : class, ICycleData
{
    /// <summary>The index into the state.</summary>
    public int Index { get; } = StateSlots.Next();
}

/// <summary>Numbers the slots of the process.</summary>
internal static class StateSlots
{
    private static int _count;

    /// <summary>How many slots there are.</summary>
    public static int Count => Volatile.Read(ref _count);

    /// <summary>The next index.</summary>
    public static int Next() => Interlocked.Increment(ref _count) - 1;
}

/// <summary>The state of one attempt: written by PreFilter, PreScore and Reserve, read by what comes after.</summary>
internal sealed class CycleState
{
    private ICycleData?[] _slots = new ICycleData?[StateSlots.Count];

    /// <summary>Filter plugins that have nothing to do with the pod, by their place in the profile's list.</summary>
    public ulong SkippedFilters { get; set; }

    /// <summary>The filter plugins that are left; null until somebody asked for them.</summary>
    public IFilterPlugin[]? Filters { get; set; }

    /// <summary>
    /// What the filters say about nodes, kept beyond the attempt; null when they look at more than a node.
    /// </summary>
    public FilterMemo? Memo { get; set; }

    /// <summary>Score plugins that have nothing to do with the pod, by their place in the profile's list.</summary>
    public ulong SkippedScores { get; set; }

    /// <summary>PreBind plugins that have nothing to do with the pod, by their place in the profile's list.</summary>
    public ulong SkippedPreBinds { get; set; }

    /// <summary>What is in a slot; null when nothing was written.</summary>
    public T? Get<T>(StateSlot<T> slot)
        where T : class, ICycleData => slot.Index < _slots.Length ? (T?)_slots[slot.Index] : null;

    /// <summary>Writes a slot.</summary>
    public void Set<T>(StateSlot<T> slot, T value)
        where T : class, ICycleData
    {
        if (slot.Index >= _slots.Length)
        {
            Array.Resize(ref _slots, StateSlots.Count);
        }

        _slots[slot.Index] = value;
    }

    /// <summary>A copy for a simulation: whether the pod would fit if others were gone.</summary>
    public CycleState Clone()
    {
        CycleState copy = new()
        {
            SkippedFilters = SkippedFilters,
            Filters = Filters,
            SkippedScores = SkippedScores,
            SkippedPreBinds = SkippedPreBinds,
            _slots = new ICycleData?[_slots.Length],
        };
        for (int i = 0; i < _slots.Length; i++)
        {
            copy._slots[i] = _slots[i]?.Clone();
        }

        return copy;
    }
}
