namespace Keelson.Style.Tests;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    private static readonly string[] Outside = ["artifacts", "bin", "obj", ".git", ".vs", ".idea"];

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether the tests may rewrite the files they compare with: set KEELSON_ACCEPT=1, look at the
    /// difference, commit.</summary>
    public static bool Accepts => Environment.GetEnvironmentVariable("KEELSON_ACCEPT") == "1";

    /// <summary>Every C# file, by its path from the root.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Files("*.cs").Select(SourceFile.Read)];

    /// <summary>Paths from the root of what matches a pattern.</summary>
    public static IEnumerable<string> Files(string pattern) => Walk(Root)
        .SelectMany(folder => Directory.GetFiles(folder, pattern))
        .Select(file => Path.GetRelativePath(Root, file))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder) => Directory.GetDirectories(folder)
        .Where(one => !Outside.Contains(Path.GetFileName(one)))
        .SelectMany(Walk)
        .Prepend(folder);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Keelson.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
    }
}
