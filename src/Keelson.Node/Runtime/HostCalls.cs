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

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rmdir(string path);
}
