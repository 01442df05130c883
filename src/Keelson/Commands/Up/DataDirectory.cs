using System.CommandLine;

namespace Keelson.Commands.Up;

/// <summary>Where a cluster is kept, as all commands about a cluster on this machine name it.</summary>
internal static class DataDirectory
{
    /// <summary>The option <c>--data-dir</c>.</summary>
    public static Option<DirectoryInfo?> Option() => new("--data-dir")
    {
        Description = "Where the cluster is kept. Default: $KEELSON_DATA_DIR, else ~/.keelson.",
    };

    /// <summary>The directory that was named, or the default.</summary>
    public static string Of(DirectoryInfo? named)
    {
        if (named is not null)
        {
            return named.FullName;
        }

        string? set = Environment.GetEnvironmentVariable("KEELSON_DATA_DIR");
        return string.IsNullOrEmpty(set)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".keelson")
            : Path.GetFullPath(set);
    }
}
