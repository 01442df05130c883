namespace Keelson.Nodes.Logs;

/// <summary>Cuts what is read from a file into lines. A line is good until the next one is asked for.</summary>
internal sealed class LogLineBuffer
{
    /// <summary>Runtimes cut lines at 16 KiB; what is much longer is no line of theirs.</summary>
    public const int LongestLine = 1 << 20;

    private byte[] _bytes = new byte[32 * 1024];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>How many bytes wait for the end of their line.</summary>
    public int Left => _end - _start;

    /// <summary>Reads what is there now; false at the end of the file.</summary>
    public async ValueTask<bool> FillAsync(Stream file, CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, _end - _start);
            (_end, _searched, _start) = (_end - _start, _searched - _start, 0);
        }

        if (_end == _bytes.Length)
        {
            if (_bytes.Length >= LongestLine)
            {
                (_end, _searched) = (0, 0);
            }
            else
            {
                Array.Resize(ref _bytes, _bytes.Length * 2);
            }
        }

        int count = await file.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    /// <summary>The next whole line without its end.</summary>
    public bool TryNext(out ReadOnlyMemory<byte> line)
    {
        int at = _bytes.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (at < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        line = _bytes.AsMemory(_start, _searched + at - _start);
        _start = _searched + at + 1;
        _searched = _start;
        return true;
    }
}
