namespace Keelson.Nodes.Nodes;

/// <summary>Whether the node's resolver asks for more than the resolvers of pods can have.</summary>
internal static class ResolverLimits
{
    private const int MostSearches = 32;
    private const int LongestSearches = 2048;
    private const int LongestDomain = 253;

    /// <summary>What is wrong with a file, in upstream's words; null for nothing.</summary>
    public static string? Complaint(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"open {file}: no such file or directory";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"open {file}: {exception.Message}";
        }

        string[] searches = [];
        foreach (string line in lines)
        {
            // The last line counts; a dot stands for no domain.
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            searches = words is ["search", ..] ? [.. words[1..].Where(static one => one != ".")] : searches;
        }

        if (searches.Length > MostSearches)
        {
            return $"Resolv.conf file '{file}' contains search line consisting of more than {MostSearches} domains!";
        }

        if (searches.Any(static one => one.Length > LongestDomain))
        {
            return $"Resolv.conf file \"{file}\" contains a search path which length is more than allowed "
                + $"{LongestDomain}!";
        }

        return string.Join(' ', searches).Length > LongestSearches
            ? $"Resolv.conf file '{file}' contains search line which length is more than allowed "
                + $"{LongestSearches} chars!"
            : null;
    }
}
