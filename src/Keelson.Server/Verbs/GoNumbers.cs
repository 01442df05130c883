using Keelson.Machinery.Validation;

namespace Keelson.Server.Verbs;

/// <summary>What Go's strconv says of texts that are no whole numbers of 64 bits.</summary>
internal static class GoNumbers
{
    /// <summary>The error of ParseUint.</summary>
    public static string UnsignedError(string text) => Error("ParseUint", text, text);

    /// <summary>The error of ParseInt.</summary>
    public static string SignedError(string text) =>
        Error("ParseInt", text, text is ['+' or '-', ..] ? text[1..] : text);

    private static string Error(string function, string text, string digits)
    {
        bool isNumber = digits.Length > 0 && !digits.AsSpan().ContainsAnyExceptInRange('0', '9');
        return $"strconv.{function}: parsing {GoText.Quote(text)}: {(isNumber ? "value out of range" : "invalid syntax")}";
    }
}
