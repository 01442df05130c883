using System.Diagnostics;
using System.Globalization;

namespace Keelson.Cluster;

/// <summary>Processes that a node started and that outlived it, because it was killed.</summary>
internal static class LeftoverProcesses
{
    /// <summary>Ends those of a program that were given a file of a directory.</summary>
    /// <param name="program">The program's name: <c>haproxy</c>.</param>
    /// <param name="directory">The directory; absolute.</param>
    public static void End(string program, string directory)
    {
        foreach (string process in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out int id)
                && IsLeftover(process, program, directory))
            {
                Kill(id);
            }
        }
    }

    private static bool IsLeftover(string process, string program, string directory)
    {
        try
        {
            string[] arguments = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
            return Path.GetFileName(arguments[0]) == program
                && arguments.Any(one => one.StartsWith(directory + "/", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It ended meanwhile.
        }
    }
}
