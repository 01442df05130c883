namespace Keelson.Nodes.Logs;

/// <summary>
/// Finds where the last lines of a file begin, from the end on: the length of the file makes no difference.
/// </summary>
internal static class LogTail
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The offset of the last lines; 0 when there are not more of them.</summary>
    public static async ValueTask<long> FindAsync(Stream file, long lines, CancellationToken cancellationToken)
    {
        long end = file.Length;
        if (lines <= 0)
        {
            return end;
        }

        byte[] block = new byte[BlockSize];
        long at = end;
        while (at > 0)
        {
            int size = (int)Math.Min(BlockSize, at);
            at -= size;
            file.Position = at;
            await file.ReadExactlyAsync(block.AsMemory(0, size), cancellationToken);
            for (int i = size - 1; i >= 0; i--)
            {
                // The end of the last line begins no other line.
                if (block[i] == (byte)'\n' && at + i + 1 < end && --lines == 0)
                {
                    return at + i + 1;
                }
            }
        }

        return 0;
    }
}
