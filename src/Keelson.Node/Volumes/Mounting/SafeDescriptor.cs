using System.Globalization;
using System.Runtime.InteropServices;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Volumes.Mounting;

/// <summary>
/// A file within a directory, opened part by part so that no link leads out of the directory, whatever a container does
/// to it meanwhile.
/// </summary>
internal sealed class SafeDescriptor : IDisposable
{
    private SafeDescriptor(int number) => Number = number;

    /// <summary>The descriptor's number.</summary>
    public int Number { get; private set; }

    /// <summary>A path that means this very file, even if its name means another by now.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Number}");

    /// <summary>Opens a path below a directory; neither may contain links any more.</summary>
    public static SafeDescriptor Open(string top, string relative)
    {
        int flags = LinuxCalls.OpenPath | LinuxCalls.OpenNoFollow | LinuxCalls.OpenCloseOnExec;
        SafeDescriptor at = OpenAt(LinuxCalls.CurrentDirectory, top, flags);
        foreach (string part in Parts(relative))
        {
            at = at.Into(part, flags);
            if (FileFacts.OfDescriptor(at.Number) is { Type: FileType.SymbolicLink })
            {
                at.Dispose();
                throw new IOException($"unexpected symlink found {top}/{relative}", LinuxCalls.Loop);
            }
        }

        return at;
    }

    /// <summary>Makes directories below one that is there, each with a mode.</summary>
    public static void MakeDirectories(string existing, IEnumerable<string> parts, uint mode)
    {
        int flags = LinuxCalls.OpenReadOnly | LinuxCalls.OpenDirectory | LinuxCalls.OpenNoFollow
            | LinuxCalls.OpenCloseOnExec;
        SafeDescriptor at = OpenAt(LinuxCalls.CurrentDirectory, existing, flags);
        try
        {
            foreach (string part in parts)
            {
                bool isNew = LinuxCalls.MakeDirectoryAt(at.Number, part, mode) == 0;
                if (!isNew && Marshal.GetLastPInvokeError() != LinuxCalls.Exists)
                {
                    throw LinuxError.Last("mkdir", part);
                }

                at = at.Into(part, flags);
                if (isNew && LinuxCalls.ChangeMode(at.Number, mode) != 0)
                {
                    throw LinuxError.Last("chmod", part);
                }
            }
        }
        finally
        {
            at.Dispose();
        }
    }

    /// <summary>The parts of a relative path; one that leads up is an error.</summary>
    public static string[] Parts(string relative)
    {
        string[] parts = relative.Split('/', StringSplitOptions.RemoveEmptyEntries);
        parts = [.. parts.Where(static one => one != ".")];
        return parts.Contains("..") ? throw new IOException("path " + relative + " leads out of the volume") : parts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Number >= 0)
        {
            _ = LinuxCalls.Close(Number);
            Number = -1;
        }
    }

    private static SafeDescriptor OpenAt(int directory, string path, int flags)
    {
        int number = LinuxCalls.OpenAt(directory, path, flags, 0);
        return number >= 0 ? new(number) : throw LinuxError.Last("open", path);
    }

    /// <summary>One part further; this descriptor ends.</summary>
    private SafeDescriptor Into(string part, int flags)
    {
        try
        {
            return OpenAt(Number, part, flags);
        }
        finally
        {
            Dispose();
        }
    }
}
