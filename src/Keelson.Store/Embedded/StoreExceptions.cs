namespace Keelson.Store.Embedded;

/// <summary>Another process has the store's directory open.</summary>
public sealed class StoreLockedException(string message, Exception? innerException = null)
    : IOException(message, innerException);

/// <summary>
/// A file of the store is not as it was written, and not in the way a crash leaves it. The store does not start: it
/// would lose acknowledged writes without anybody noticing. Restore the directory from a snapshot.
/// </summary>
public sealed class StoreDamagedException : IOException
{
    /// <summary>Names the damaged place.</summary>
    public StoreDamagedException(string file, long offset, string damage)
        : base($"the store is damaged: {file} at byte {offset}: {damage}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The path of the damaged file.</summary>
    public string File { get; }

    /// <summary>The first byte, from the start of the file, that can't be trusted.</summary>
    public long Offset { get; }
}
