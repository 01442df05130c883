using System.Runtime.InteropServices;

namespace Keelson.Nodes.Linux;

/// <summary>The calls of the C library that .NET has no door to. Each gives -1 and an errno when it fails.</summary>
internal static partial class LinuxCalls
{
    public const int CurrentDirectory = -100;
    public const int StatNoFollow = 0x100;
    public const uint StatBasic = 0x7ff;
    public const int OpenReadOnly = 0;
    public const int OpenPath = 0x200000;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenNonBlocking = 0x800;

    public const int ReceiveNoWait = 0x40;
    public const int ReceiveCloseOnExec = 0x40000000;

    public const ulong MountReadOnly = 1;
    public const ulong MountNoSuid = 2;
    public const ulong MountNoDev = 4;
    public const ulong MountNoExec = 8;
    public const ulong MountRemount = 32;
    public const ulong MountBind = 4096;
    public const ulong MountRecursive = 16384;
    public const ulong MountShared = 1 << 20;
    public const int UnmountDetach = 2;
    public const int UnmountNoFollow = 8;

    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int InvalidArgument = 22;
    public const int NotPermitted = 1;
    public const int Loop = 40;

    // ARM numbers these two differently from x86.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int OpenNoFollow => IsArm ? 0x8000 : 0x20000;

    public static int OpenDirectory => IsArm ? 0x4000 : 0x10000;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint ReadLink(string path, byte* target, nint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int descriptor, long offset, int from);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectoryAt(int directory, string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int directory, string path, int flags, uint mask, out StatResult result);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatFilesystem(string path, out FilesystemResult result);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static unsafe partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Where recvmsg(2) puts bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary>What recvmsg(2) fills in, on 64-bit machines.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct MessageHeader
    {
        public void* Name;
        public nint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }

    /// <summary>What the kernel fills in for statx(2).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct StatResult
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        public ushort Padding;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public StatTime Accessed;
        public StatTime Born;
        public StatTime Changed;
        public StatTime Modified;
        public uint DeviceNodeMajor;
        public uint DeviceNodeMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
    }

    /// <summary>A point in time of statx(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct StatTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Padding;
    }

    /// <summary>What the C library fills in for statvfs(3) on 64-bit machines.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    public struct FilesystemResult
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong BlocksFree;
        public ulong BlocksAvailable;
        public ulong Files;
        public ulong FilesFree;
        public ulong FilesAvailable;
    }
}
