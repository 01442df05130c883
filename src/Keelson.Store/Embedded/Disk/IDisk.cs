namespace Keelson.Store.Embedded.Disk;

/// <summary>
/// A directory as the store uses it. Failures are <see cref="IOException"/>; a full disk is
/// <see cref="DiskFullException"/>. <see cref="SimulatedDisk"/> stands in for it in simulations.
/// </summary>
internal interface IDisk
{
    /// <summary>Names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes a file, empty, in place of one with that name.</summary>
    IDiskFile Create(string name);

    /// <summary>Opens a file for reading and writing.</summary>
    IDiskFile Open(string name);

    /// <summary>Removes a file. Survives power loss only after <see cref="SyncDirectory"/>.</summary>
    void Delete(string name);

    /// <summary>Gives a file a new name. Survives power loss only after <see cref="SyncDirectory"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Makes creations, deletions and renames so far survive power loss.</summary>
    void SyncDirectory();

    /// <summary>
    /// Keeps other processes out until disposed; throws <see cref="StoreLockedException"/> if one is in.
    /// </summary>
    IDisposable Lock();

    /// <summary>The whole path of a file, for people.</summary>
    string PathOf(string name);
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns how much it read.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all of the bytes or throws, with any part of them written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Makes everything written so far, and the length, survive power loss.</summary>
    void Sync();

    /// <summary>Cuts the file, or lengthens it with zeros.</summary>
    void SetLength(long length);

    /// <summary>
    /// Reserves room up to <paramref name="length"/>, which reads as zeros and becomes the file's length.
    /// </summary>
    void Allocate(long length);
}

/// <summary>There is no room left on the disk.</summary>
internal sealed class DiskFullException(string message, Exception? innerException = null)
    : IOException(message, innerException);
