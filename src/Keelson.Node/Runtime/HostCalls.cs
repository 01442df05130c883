using System.Runtime.InteropServices;

namespace Keelson.Nodes.Runtime;

/// <summary>Calls of the system that the framework does not have.</summary>
internal static partial class HostCalls
{
    /// <summary>Removes an empty directory; one that is gone already is as good.</summary>
    public static void RemoveDirectory(string path)
    {
        const int NoEntry = 2;
        if (Rmdir(path) != 0 && Marshal.GetLastPInvokeError() is int error and not NoEntry)
        {
            throw new IOException($"rmdir {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Sends a signal to a process; one that is gone already is as good.</summary>
    /// <param name="process">The process.</param>
    /// <param name="signal">The signal; 9 kills.</param>
    public static void Kill(int process, int signal = 9) => _ = Signal(process, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rmdir(string path);
}
