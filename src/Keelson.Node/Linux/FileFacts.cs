using System.Runtime.InteropServices;

namespace Keelson.Nodes.Linux;

/// <summary>What kind of file a path is.</summary>
internal enum FileType
{
    Other = 0,
    Pipe = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xa000,
    Socket = 0xc000,
}

/// <summary>What the file system knows of a file.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Mode">Permissions with set-user, set-group and sticky bits (07777).</param>
/// <param name="User">The owner.</param>
/// <param name="Group">The group.</param>
/// <param name="Device">The device it lies on.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct FileFacts(FileType Type, uint Mode, uint User, uint Group, ulong Device, ulong Inode)
{
    /// <summary>Bytes that the file takes on the disk.</summary>
    public ulong AllocatedBytes { get; private init; }

    /// <summary>The facts of a path, links followed; null when there is nothing.</summary>
    public static FileFacts? Of(string path) => Read(LinuxCalls.CurrentDirectory, path, 0);

    /// <summary>The facts of a path itself, be it a link; null when there is nothing.</summary>
    public static FileFacts? OfLink(string path) =>
        Read(LinuxCalls.CurrentDirectory, path, LinuxCalls.StatNoFollow);

    /// <summary>The facts of an open file.</summary>
    public static FileFacts? OfDescriptor(int descriptor) => Read(descriptor, "", 0x1000); // AT_EMPTY_PATH

    /// <summary>Where a path leads when all links are followed; null when there is nothing.</summary>
    public static unsafe string? RealPath(string path)
    {
        byte* buffer = stackalloc byte[4096];
        return LinuxCalls.RealPath(path, buffer) == 0 ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    private static FileFacts? Read(int directory, string path, int flags)
    {
        if (LinuxCalls.Stat(directory, path, flags, LinuxCalls.StatBasic, out LinuxCalls.StatResult found) != 0)
        {
            return Marshal.GetLastPInvokeError() is LinuxCalls.NoEntry or LinuxCalls.NotDirectory
                ? null
                : throw LinuxError.Last("stat", path);
        }

        return new FileFacts(
            (FileType)(found.Mode & 0xf000),
            found.Mode & 0xfffu,
            found.User,
            found.Group,
            ((ulong)found.DeviceMajor << 32) | found.DeviceMinor,
            found.Inode)
        {
            AllocatedBytes = found.Blocks * 512,
        };
    }
}

/// <summary>Failed calls of the system as exceptions, worded as Go's programs word them.</summary>
internal static class LinuxError
{
    /// <summary>The failure of the call that just failed: <c>mount /a: permission denied</c>.</summary>
    public static IOException Last(string call, string path)
    {
        int number = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Text(number)}", number);
    }

    /// <summary>An error number in words; those of the C library, in lower case as Go has them.</summary>
    public static string Text(int number)
    {
        string text = Marshal.GetPInvokeErrorMessage(number);
        return text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1])
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
    }
}
