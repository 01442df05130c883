namespace Keelson.Machinery.Naming;

/// <summary>
/// Names that the server makes up for <c>metadata.generateName</c>, and other texts of the same alphabet.
/// </summary>
public static class GeneratedNames
{
    /// <summary>Room for a suffix of five in the 63 characters of a DNS label.</summary>
    public const int MaxBaseLength = 63 - SuffixLength;

    private const int SuffixLength = 5;

    /// <summary>No vowels and no digits that look like them, so that no words come about.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>The base, cut to 58 characters, and five random ones.</summary>
    public static string Generate(string baseName, Random random) =>
        string.Concat(baseName.AsSpan(0, Math.Min(baseName.Length, MaxBaseLength)), Suffix(SuffixLength, random));

    /// <summary>Random characters.</summary>
    public static string Suffix(int length, Random random) => string.Create(length, random, static (text, source) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = Alphabet[source.Next(Alphabet.Length)];
        }
    });

    /// <summary>
    /// A text mapped into the alphabet, byte by byte: hashes in names, such as <c>pod-template-hash</c>.
    /// </summary>
    public static string SafeEncode(string text) => string.Create(text.Length, text, static (encoded, source) =>
    {
        for (int i = 0; i < encoded.Length; i++)
        {
            encoded[i] = Alphabet[source[i] % Alphabet.Length];
        }
    });
}
