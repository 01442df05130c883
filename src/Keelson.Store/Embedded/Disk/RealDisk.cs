using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keelson.Store.Embedded.Disk;

/// <summary>A directory of the file system (Linux).</summary>
internal sealed partial class RealDisk : IDisk
{
    private const string LockFile = "lock";
    private const int InterruptedErrno = 4; // EINTR
    private const int NoSpaceErrno = 28; // ENOSPC
    private const int NotSupportedErrno = 95; // EOPNOTSUPP
    private const int QuotaExceededErrno = 122; // EDQUOT

    private readonly string _directory;

    public RealDisk(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the store keeps its files on Linux only");
        }
        _directory = Path.GetFullPath(directory);
        // As upstream's data directories: the objects in it include secrets.
        Directory.CreateDirectory(
            _directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(_directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public IDiskFile Create(string name) => OpenFile(name, FileMode.Create);

    public IDiskFile Open(string name) => OpenFile(name, FileMode.Open);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void SyncDirectory()
    {
        const int readOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
        int descriptor = Native.Open(_directory, readOnlyDirectory);
        if (descriptor < 0)
        {
            throw Failure("open directory", _directory);
        }
        try
        {
            if (Native.SyncDescriptor(descriptor) != 0)
            {
                throw Failure("fsync directory", _directory);
            }
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    public IDisposable Lock()
    {
        string path = PathOf(LockFile);
        try
        {
            FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            stream.Flush();
            return stream;
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StoreLockedException(
                $"the store in {_directory} is in use by another process (its lock file {path} is held)", exception);
        }
    }

    private static IOException Failure(string operation, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        string message = $"{operation} {path}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
        return errno is NoSpaceErrno or QuotaExceededErrno ? new DiskFullException(message) : new IOException(message);
    }

    private RealFile OpenFile(string name, FileMode mode)
    {
        string path = PathOf(name);
        SafeFileHandle handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (mode == FileMode.Create && OperatingSystem.IsLinux())
        {
            // Whoever made the directory may have let others in.
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return new RealFile(handle, path);
    }

    private sealed class RealFile(SafeFileHandle handle, string path) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            int total = 0;
            while (total < buffer.Length)
            {
                int read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }
                total += read;
            }
            return total;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (IOException exception) when (exception.HResult is NoSpaceErrno or QuotaExceededErrno)
            {
                throw new DiskFullException($"write {path}: {exception.Message}", exception);
            }
        }

        public void Sync()
        {
            if (Native.SyncData(handle) != 0)
            {
                throw Failure("fdatasync", path);
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Allocate(long length)
        {
            while (Native.Allocate(handle, 0, 0, length) != 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case InterruptedErrno:
                        continue;
                    case NotSupportedErrno:
                        // The file system can't reserve room; a sparse file of that length does as well, only slower.
                        SetLength(length);
                        return;
                    default:
                        throw Failure("fallocate", path);
                }
            }
        }

        public void Dispose() => handle.Dispose();
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        internal static partial int SyncData(SafeFileHandle file);

        [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
        internal static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        internal static partial int SyncDescriptor(int descriptor);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        internal static partial int Close(int descriptor);
    }
}
