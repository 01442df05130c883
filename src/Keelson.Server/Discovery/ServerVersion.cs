using System.Runtime.InteropServices;

namespace Keelson.Server.Discovery;

/// <summary>The Kubernetes release that this server is.</summary>
internal static class ServerVersion
{
    public const string Major = "1";
    public const string Minor = "36";
    public const string GitVersion = "v1.36.2";
    public const string MinCompatibilityMinor = "35";
    public const string GitTreeState = "clean";

    /// <summary>The time this program counts as built at; clients only show it.</summary>
    public const string BuildDate = "2026-06-09T00:00:00Z";

    /// <summary>The commit; this program has none of upstream's.</summary>
    public const string GitCommit = "keelson";

    /// <summary>What runs the program, where upstream shows its Go version.</summary>
    public static string RuntimeVersion { get; } = "dotnet" + Environment.Version;

    public const string Compiler = "roslyn";

    /// <summary>Operating system and architecture by Go's names: linux/amd64.</summary>
    public static string Platform { get; } = "linux/" + RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        Architecture other => other.ToString().ToLowerInvariant(),
    };
}
