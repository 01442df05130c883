namespace Keelson.Commands.UserCommands;

/// <summary>Words that may have been meant.</summary>
internal static class Suggestions
{
    private const int Farthest = 2;

    /// <summary>The known words near to a written one, the nearest first.</summary>
    public static IReadOnlyList<string> For(string written, IEnumerable<string> known) =>
    [
        .. from word in known
           let distance = Distance(written, word)
           where distance <= Farthest || (written.Length > 1 && word.StartsWith(written, StringComparison.Ordinal))
           orderby distance, word
           select word,
    ];

    /// <summary>How many letters have to be put in, taken out or changed (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
