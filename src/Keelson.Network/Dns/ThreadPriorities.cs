using System.Runtime.InteropServices;

namespace Keelson.Network.Dns;

/// <summary>Lets threads go first where the machine has more to do than processors; .NET's priorities do nothing on
/// Linux.</summary>
internal static partial class ThreadPriorities
{
    private const int OfThread = 0;
    private const int Calling = 0;

    // Between the 0 of most programs and the -20 of the kernel's own work.
    private const int Nice = -10;

    // The shortest turn that the kernel grants. Who asks for short turns gets them soon, since Linux 6.12: the one that
    // runs is interrupted. Older kernels take no notice.
    private const ulong TurnNanoseconds = 100_000;

    /// <summary>
    /// Lets the calling thread go before others, in short turns. Without the right to, it runs as the others do.
    /// </summary>
    /// <returns>Whether it does.</returns>
    public static bool Raise()
    {
        if (!OperatingSystem.IsLinux() || SetPriority(OfThread, Calling, Nice) != 0)
        {
            return false;
        }

        SchedulingAttributes attributes = new()
        {
            Size = (uint)Marshal.SizeOf<SchedulingAttributes>(),
            Nice = Nice,
            Runtime = TurnNanoseconds,
        };
        nint setAttributes = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314;
        SystemCall(setAttributes, Calling, in attributes, 0);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint thread, in SchedulingAttributes attributes, nuint flags);

    /// <summary>The kernel's <c>sched_attr</c> in its first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
