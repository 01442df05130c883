namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Finds the frames of a segment and tells a torn tail, which a crash leaves, from damage, which nothing should.
/// </summary>
/// <remarks>
/// A frame is written only after the one before it has reached the disk, so only the last one can be torn. The room
/// behind the last frame was zeros, and a disk writes sectors of 512 bytes whole. So bytes that are no frame are torn
/// if no frame stands behind them and a sector of them is still zero; all else was written and changed later.
/// </remarks>
internal static class LogScan
{
    private const int SectorBytes = 512;

    /// <summary>
    /// Finds the frames; throws <see cref="StoreDamagedException"/> where one isn't as it was written.
    /// </summary>
    /// <param name="segment">What the segment's header says.</param>
    /// <param name="bytes">The whole file.</param>
    /// <param name="isLast">True for the newest segment, the only one that may have a tail.</param>
    /// <param name="path">The file's path, for the error.</param>
    public static LogScanResult Scan(LogSegment segment, ReadOnlySpan<byte> bytes, bool isLast, string path)
    {
        List<(int Offset, LogFrame Frame)> frames = [];
        int offset = LogSegment.HeaderLength;
        long sequence = segment.FirstSequence;
        while (offset < bytes.Length)
        {
            if (LogFrame.ReadHeader(bytes[offset..], segment.Number, offset) is not { } frame
                || frame.Sequence != sequence || !frame.IsIntact(bytes[offset..], segment.Number, offset))
            {
                break;
            }
            frames.Add((offset, frame));
            offset += (int)frame.TotalLength;
            sequence++;
        }
        ReadOnlySpan<byte> tail = bytes[offset..];
        bool isTorn = tail.ContainsAnyExcept((byte)0);
        if (!isLast && tail.Length > 0)
        {
            throw new StoreDamagedException(path, offset, "what follows is not a frame of the log");
        }
        if (isTorn && WhyNotTorn(segment, bytes, offset, sequence) is { } damage)
        {
            throw new StoreDamagedException(path, offset, damage);
        }
        return new LogScanResult(frames, offset, isTorn, sequence);
    }

    private static string? WhyNotTorn(LogSegment segment, ReadOnlySpan<byte> bytes, int offset, long sequence)
    {
        for (int later = offset + 8; later <= bytes.Length - LogFrame.HeaderLength; later += 8)
        {
            if (LogFrame.ReadHeader(bytes[later..], segment.Number, later) is { } frame
                && frame.Sequence > sequence && frame.IsIntact(bytes[later..], segment.Number, later))
            {
                return $"a frame is broken, but an intact one follows at byte {later}";
            }
        }
        ReadOnlySpan<byte> tail = bytes[offset..];
        int headerSector = Math.Min(tail.Length, SectorBytes - (offset % SectorBytes));
        if (!tail[..headerSector].ContainsAnyExcept((byte)0))
        {
            return null;
        }
        // A header may lie across two sectors, and the second may be the one that is missing.
        int nextSector = Math.Min(tail.Length - headerSector, SectorBytes);
        if (headerSector < LogFrame.HeaderLength
            && !tail.Slice(headerSector, nextSector).ContainsAnyExcept((byte)0))
        {
            return null;
        }
        if (LogFrame.ReadHeader(tail, segment.Number, offset) is not { } torn || torn.Sequence != sequence)
        {
            return "a frame's header is wrong";
        }
        if (torn.TotalLength > tail.Length)
        {
            // No room was reserved ahead, and the crash came before the file got its new length.
            return null;
        }
        for (int start = 0; start < torn.TotalLength;)
        {
            int length = (int)Math.Min(SectorBytes - ((offset + start) % SectorBytes), torn.TotalLength - start);
            if (!tail.Slice(start, length).ContainsAnyExcept((byte)0))
            {
                return null;
            }
            start += length;
        }
        return "a frame was written whole, but its checksum is wrong";
    }
}

/// <summary>What a segment holds.</summary>
/// <param name="Frames">Its frames, with their places.</param>
/// <param name="End">The place behind the last one.</param>
/// <param name="IsTorn">True if a frame began there that never reached the disk whole.</param>
/// <param name="NextSequence">The sequence that the next frame gets.</param>
internal readonly record struct LogScanResult(
    List<(int Offset, LogFrame Frame)> Frames, int End, bool IsTorn, long NextSequence);
