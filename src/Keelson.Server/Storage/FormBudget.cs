namespace Keelson.Server.Storage;

/// <summary>
/// How much memory goes to the forms of objects that are kept because lists and watches ask for them again: protobuf
/// messages, rows of tables, compressed stretches of lists. Together they stay below a bound, and what nobody asked for
/// in a while is dropped. A form that finds no room is made for its answer and forgotten.
/// </summary>
internal sealed class FormBudget
{
    /// <summary>Room for the protobuf messages of some 20,000 pods and all else that is asked for along with
    /// them.</summary>
    public const long DefaultBytesMax = 96L << 20;

    /// <summary>Forms that were not used for so many rounds are dropped.</summary>
    private const int RoundsKept = 3;

    private readonly long _bytesMax;
    private long _bytes;
    private int _round = RoundsKept;

    public FormBudget(long bytesMax = DefaultBytesMax)
    {
        _bytesMax = bytesMax;
        Nothing = new(this, null, null);
    }

    /// <summary>What an object has that may keep forms but has none yet.</summary>
    public ObjectForms Nothing { get; }

    /// <summary>The bytes that are kept.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The number of the round, which a form notes when it is used.</summary>
    public int Round => Volatile.Read(ref _round);

    /// <summary>The first round of which forms are still warm.</summary>
    public int FirstWarmRound => Round - RoundsKept;

    /// <summary>Whether there is so much left.</summary>
    public bool HasRoom(long bytes) => Bytes + bytes <= _bytesMax;

    /// <summary>Takes room; false when there is not so much left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= _bytesMax)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Begins a round.</summary>
    public void NextRound() => Interlocked.Increment(ref _round);
}
