using System.Globalization;

namespace Keelson.Nodes.Runtime;

/// <summary>What the kernel lets this process do.</summary>
internal static class HostAbilities
{
    /// <summary>True when processes may be protected from the kernel's out-of-memory killer
    /// (CAP_SYS_RESOURCE).</summary>
    public static bool CanProtectFromOom()
    {
        const string File = "/proc/self/oom_score_adj";
        try
        {
            string before = System.IO.File.ReadAllText(File).Trim();
            int lower = Math.Max(-1000, int.Parse(before, CultureInfo.InvariantCulture) - 1);
            System.IO.File.WriteAllText(File, lower.ToString(CultureInfo.InvariantCulture));
            System.IO.File.WriteAllText(File, before);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    /// <summary>True when the kernel has overlayfs.</summary>
    public static bool HasOverlay()
    {
        try
        {
            return File.ReadLines("/proc/filesystems")
                .Any(static line => line.EndsWith("\toverlay", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>True when control groups are of version 2.</summary>
    public static bool HasUnifiedCgroups() => File.Exists("/sys/fs/cgroup/cgroup.controllers");

    /// <summary>A program on the path; null when it is not there.</summary>
    public static string? FindProgram(string name)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string directory in (path + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .Split(':'))
        {
            if (directory.Length > 0 && File.Exists(Path.Combine(directory, name)))
            {
                return Path.Combine(directory, name);
            }
        }

        return null;
    }

    /// <summary>The directory with the plugins for pod networks.</summary>
    public static string CniPlugins() =>
        new[] { "/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni" }
            .FirstOrDefault(static one => File.Exists(Path.Combine(one, "bridge"))) ?? "/opt/cni/bin";
}
