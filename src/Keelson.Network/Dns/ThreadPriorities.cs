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

    /// <summary>
    /// Lets the calling thread go before others. Without the right to, it runs as the others do.
    /// </summary>
    /// <returns>Whether it does.</returns>
    public static bool Raise() => OperatingSystem.IsLinux() && SetPriority(OfThread, Calling, Nice) == 0;

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
