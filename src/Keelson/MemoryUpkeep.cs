using System.Runtime.InteropServices;

namespace Keelson;

/// <summary>
/// Gives memory back after a burst. The runtime collects when the program allocates; when it falls quiet, what the
/// burst left behind would stay with the process until the next one.
/// </summary>
internal sealed partial class MemoryUpkeep : IDisposable
{
    /// <summary>How often is looked.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A quiet server with some nodes allocates less than this in an interval: leases, probes,
    /// timers.</summary>
    private const long QuietBytes = 8 << 20;

    /// <summary>A collection is worth while for as much garbage as the heap holds, within these bounds: small programs
    /// are collected within milliseconds.</summary>
    private const long WorthAtLeast = 8 << 20;

    private const long WorthAtMost = 48 << 20;

    /// <summary>
    /// Up to this size the heap is compacted, which stops the program for some tenths of a second; beyond it, it is
    /// only swept while the program runs.
    /// </summary>
    private const long CompactedMax = 512 << 20;

    /// <summary>
    /// After so many intervals, six minutes, it collects once more: the store has let go of the burst's history by
    /// then, and the server of its events.
    /// </summary>
    private const int LookAgainAfter = 36;

    private readonly Func<(long Allocated, long Heap)> _measure;
    private readonly Action<bool> _collect;
    private readonly ProgramPages? _pages;
    private readonly ITimer _timer;
    private long _seen;
    private long _collected;
    private int _again;

    public MemoryUpkeep(TimeProvider clock)
        : this(clock, Measure, Collect)
    {
        _pages = OperatingSystem.IsLinux() ? new() : null;
    }

    /// <summary>For tests: measures and collects as told.</summary>
    internal MemoryUpkeep(TimeProvider clock, Func<(long Allocated, long Heap)> measure, Action<bool> collect)
    {
        _measure = measure;
        _collect = collect;
        _timer = clock.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private static (long Allocated, long Heap) Measure() =>
        (GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false));

    private static void Collect(bool compacts)
    {
        if (compacts)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            TrimNative();
        }
        else
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
        }
    }

    /// <summary>Libraries, TLS above all, free their memory to the C library, which keeps it unless it is told.
    /// </summary>
    private static void TrimNative()
    {
        try
        {
            _ = OperatingSystem.IsLinux() ? TrimHeap(0) : 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library other than GNU's does without.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);

    private void Look()
    {
        (long allocated, long heap) = _measure();
        bool isQuiet = allocated - _seen < QuietBytes;
        _seen = allocated;
        bool isWorthIt = allocated - _collected >= Math.Clamp(heap, WorthAtLeast, WorthAtMost);
        bool isTimeAgain = _again > 0 && --_again == 0;
        if (isQuiet && (isWorthIt || isTimeAgain))
        {
            _collected = allocated;
            _again = isWorthIt ? LookAgainAfter : 0;
            _collect(heap <= CompactedMax);
        }

        LookAtPages();
    }

    private void LookAtPages()
    {
        try
        {
            _pages?.Look();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A system that does not show its pages keeps them.
        }
    }
}
