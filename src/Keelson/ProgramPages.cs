using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keelson;

/// <summary>
/// Lets go of the pages of programs and libraries that only the start needed. A program maps what it runs from the disk
/// and keeps each page that it once touched; here that is most of what it holds. Pages that are used again come back
/// from the system's cache within microseconds.
/// </summary>
/// <remarks>
/// Only pages that equal the file are dropped: those of mappings that can't be written to, and of them those that were
/// never written to either, as the kernel has it (relocations are written while a library is loaded). A mapping has to
/// have been there at the look before, so that no library is in the middle of being loaded.
/// </remarks>
internal sealed partial class ProgramPages(string proc = "/proc/self")
{
    /// <summary>So much more than what came back after the last time makes it worth while.</summary>
    private const long WorthBytes = 4 << 20;

    /// <summary>Less growth than this between two looks means that the program has come to rest.</summary>
    private const long RestBytes = 1 << 20;

    private const int NotNeeded = 4;
    private const ulong Present = 1UL << 63;
    private const ulong FromFile = 1UL << 61;

    private readonly long _pageSize = Environment.SystemPageSize;
    private HashSet<string> _known = [];
    private long _before;
    private long _kept;
    private bool _isSettling;

    /// <summary>Looks; to be called now and then.</summary>
    /// <returns>The number of bytes that were let go.</returns>
    public long Look()
    {
        long shared = Shared();
        bool isAtRest = Math.Abs(shared - _before) < RestBytes;
        _before = shared;
        if (_isSettling)
        {
            // What is in use came back meanwhile.
            (_kept, _isSettling) = (shared, false);
        }

        if (!isAtRest || shared < _kept + WorthBytes)
        {
            _known = [];
            return 0;
        }

        List<string> mappings = [.. File.ReadLines(proc + "/maps").Where(IsProgram)];
        List<string> known = mappings.FindAll(_known.Contains);
        _known = [.. mappings];
        if (known.Count == 0)
        {
            return 0;
        }

        _known = [];
        _isSettling = true;
        return LetGo(known);
    }

    /// <summary>Bytes of pages that are resident and belong to files, or are shared.</summary>
    private long Shared()
    {
        string[] fields = File.ReadAllText(proc + "/statm").Split(' ');
        return long.Parse(fields[2], CultureInfo.InvariantCulture) * _pageSize;
    }

    /// <summary>A mapping of a file that is never written to: <c>7f10-7f20 r-xp 00000 fe:00 77 /lib/x.so</c>; what
    /// describes types is mapped shared (<c>r--s</c>).</summary>
    private static bool IsProgram(string line)
    {
        int permissions = line.IndexOf(' ') + 1;
        return line.AsSpan(permissions, 4) is "r-xp" or "r--p" or "r--s"
            && line.IndexOf('/', StringComparison.Ordinal) > permissions
            && !line.EndsWith(" (deleted)", StringComparison.Ordinal);
    }

    private long LetGo(List<string> mappings)
    {
        using SafeFileHandle pages = File.OpenHandle(proc + "/pagemap");
        byte[] buffer = new byte[8 * 1024];
        long dropped = 0;
        foreach (string line in mappings)
        {
            string[] ends = line[..line.IndexOf(' ')].Split('-');
            long start = long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            long end = long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            dropped += LetGo(pages, buffer, start, end);
        }

        return dropped;
    }

    private long LetGo(SafeFileHandle pages, byte[] buffer, long start, long end)
    {
        long dropped = 0;
        long run = -1;
        long at = start;
        while (at < end)
        {
            int wanted = (int)Math.Min(buffer.Length, (end - at) / _pageSize * 8);
            int read = RandomAccess.Read(pages, buffer.AsSpan(0, wanted), at / _pageSize * 8);
            if (read < 8)
            {
                break;
            }

            for (int i = 0; i + 8 <= read; i += 8, at += _pageSize)
            {
                ulong page = BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(i));
                bool isDroppable = (page & (Present | FromFile)) == (Present | FromFile);
                if (isDroppable && run < 0)
                {
                    run = at;
                }
                else if (!isDroppable && run >= 0)
                {
                    dropped += Drop(run, at);
                    run = -1;
                }
            }
        }

        return run >= 0 ? dropped + Drop(run, at) : dropped;
    }

    private static long Drop(long start, long end) =>
        MemoryAdvice((nint)start, (nuint)(end - start), NotNeeded) == 0 ? end - start : 0;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvice(nint start, nuint length, int advice);
}
