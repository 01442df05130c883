namespace Keelson.Server.Verbs;

/// <summary>Names made from metadata.generateName.</summary>
internal static class GeneratedName
{
    /// <summary>No vowels, so that no words come up, and no characters that are mistaken for others.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const int SuffixLength = 5;

    /// <summary>63, the longest label, less the suffix.</summary>
    private const int LongestBase = 58;

    /// <summary>The base, cut where needed, and five random characters.</summary>
    public static string From(string prefix, Random random)
    {
        string start = prefix.Length > LongestBase ? prefix[..LongestBase] : prefix;
        Span<char> suffix = stackalloc char[SuffixLength];
        lock (random)
        {
            foreach (ref char one in suffix)
            {
                one = Alphabet[random.Next(Alphabet.Length)];
            }
        }

        return string.Concat(start, suffix);
    }
}
