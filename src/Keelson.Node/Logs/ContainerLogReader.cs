using System.Runtime.CompilerServices;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Logs;

/// <summary>
/// Reads the log of one run of a container. A log that is followed is read on when the file is rotated: the old file to
/// its end, then the new one.
/// </summary>
internal sealed class ContainerLogReader(string path, Func<ValueTask<bool>> isRunning, TimeProvider clock)
{
    // Between a line and its reader; small enough for people, large enough to cost nothing.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);

    // A runtime takes its time between renaming a file and making the next.
    private const int RotationLooksMax = 200;

    // Asking the runtime costs more than looking at the file.
    private const int LooksBetweenQuestions = 10;

    private readonly LogLineBuffer _lines = new();
    private FileStream? _file;
    private ulong _inode;

    /// <summary>The entries, from the last <paramref name="tail"/> lines on; null for all.</summary>
    public async IAsyncEnumerable<ContainerLogEntry> ReadAsync(
        long? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            Open();
            if (tail is { } count)
            {
                _file!.Position = await LogTail.FindAsync(_file, count, cancellationToken);
            }

            while (await MoreAsync(follow, cancellationToken))
            {
                while (_lines.TryNext(out ReadOnlyMemory<byte> line))
                {
                    if (CriLogLine.TryRead(line, out ContainerLogEntry entry))
                    {
                        yield return entry;
                    }
                }
            }
        }
        finally
        {
            _file?.Dispose();
        }
    }

    /// <summary>Reads more; false when there is no more to come.</summary>
    private async ValueTask<bool> MoreAsync(bool follow, CancellationToken cancellationToken)
    {
        bool hasEnded = false;
        for (int looks = 1; ; looks++)
        {
            if (await _lines.FillAsync(_file!, cancellationToken))
            {
                return true;
            }

            if (!follow || hasEnded)
            {
                return false;
            }

            if (await RotatedAsync(cancellationToken))
            {
                continue;
            }

            // What it wrote last is read once more after it was seen to have ended.
            hasEnded = looks % LooksBetweenQuestions == 0 && !await isRunning();
            if (!hasEnded)
            {
                await Task.Delay(LookAgainAfter, clock, cancellationToken);
            }
        }
    }

    /// <summary>True when the path is another file by now, which is open then.</summary>
    private async ValueTask<bool> RotatedAsync(CancellationToken cancellationToken)
    {
        for (int looks = 0; looks < RotationLooksMax; looks++)
        {
            if (FileFacts.Of(path) is { } now)
            {
                if (now.Inode == _inode)
                {
                    return false;
                }

                // Between our last look and the rename more may have been written to the old file.
                if (await _lines.FillAsync(_file!, cancellationToken))
                {
                    return true;
                }

                await _file!.DisposeAsync();
                Open();
                return true;
            }

            if (!await isRunning())
            {
                return false;
            }

            await Task.Delay(LookAgainAfter, clock, cancellationToken);
        }

        return false;
    }

    private void Open()
    {
        _file = new(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            FileOptions.SequentialScan);
        _inode = FileFacts.OfDescriptor((int)_file.SafeFileHandle.DangerousGetHandle())?.Inode ?? 0;
    }
}
