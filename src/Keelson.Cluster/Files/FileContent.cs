namespace Keelson.Cluster.Files;

/// <summary>
/// Something read from files, and read anew once they have changed: what rotates certificates need not know who uses
/// them. A change that can't be read is told of, and what was read before stays in use.
/// </summary>
/// <typeparam name="T">What is read.</typeparam>
public sealed class FileContent<T>
    where T : class
{
    // Looking costs a system call a file; whoever replaces a certificate does not notice a second.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<T> _read;
    private readonly TimeProvider _clock;
    private readonly Action<string> _log;
    private readonly Lock _gate = new();
    private volatile T _current;
    private string _stamp;
    private long _looked;

    /// <summary>Reads for the first time.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Told when a change can't be read.</param>
    /// <exception cref="FileException">A file can't be read, or does not hold what it should.</exception>
    public FileContent(IReadOnlyList<string> paths, Func<T> read, TimeProvider clock, Action<string> log)
    {
        (_paths, _read, _clock, _log) = (paths, read, clock, log);
        _stamp = Stamp();
        _looked = clock.GetTimestamp();
        _current = read();
    }

    /// <summary>What the files hold now, or held when they could last be read.</summary>
    public T Current
    {
        get
        {
            if (_clock.GetElapsedTime(Volatile.Read(ref _looked)) >= LookEvery)
            {
                Look();
            }

            return _current;
        }
    }

    private void Look()
    {
        // Whoever comes while another looks takes what there is.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref _looked, _clock.GetTimestamp());
            string stamp = Stamp();
            if (stamp == _stamp)
            {
                return;
            }

            _stamp = stamp;
            _current = _read();
            _log($"read anew: {string.Join(", ", _paths)}");
        }
        catch (FileException exception)
        {
            _log(exception.Message);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private string Stamp() => string.Join(' ', _paths.Select(path =>
    {
        FileInfo file = new(path);
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks}-{file.Length}" : "none";
    }));
}

/// <summary>A file can't be read, or does not hold what it should; the message names it.</summary>
public sealed class FileException(string message, Exception? inner = null) : Exception(message, inner);
