using System.Globalization;

namespace Keelson.Server.Discovery;

/// <summary>
/// Versions from best to least: v2, v1, v2beta1, v1beta2, v1beta1, v1alpha1, then names of other forms in alphabetical
/// order.
/// </summary>
internal sealed class KubeVersionOrder : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static KubeVersionOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        (int stability, int major, int minor)? left = Parse(x ?? "");
        (int stability, int major, int minor)? right = Parse(y ?? "");
        return (left, right) switch
        {
            ({ } a, { } b) => b.CompareTo(a),
            ({ }, null) => -1,
            (null, { }) => 1,
            _ => string.CompareOrdinal(x, y),
        };
    }

    private static (int Stability, int Major, int Minor)? Parse(string version)
    {
        if (version.Length < 2 || version[0] != 'v')
        {
            return null;
        }

        ReadOnlySpan<char> rest = version.AsSpan(1);
        if (!TakeNumber(ref rest, out int major))
        {
            return null;
        }

        if (rest.IsEmpty)
        {
            return (2, major, 0);
        }

        int stability = rest.StartsWith("beta", StringComparison.Ordinal) ? 1
            : rest.StartsWith("alpha", StringComparison.Ordinal) ? 0 : -1;
        if (stability < 0)
        {
            return null;
        }

        rest = rest[(stability == 1 ? "beta" : "alpha").Length..];
        return TakeNumber(ref rest, out int minor) && rest.IsEmpty ? (stability, major, minor) : null;
    }

    /// <summary>Takes a number that begins with 1 to 9.</summary>
    private static bool TakeNumber(ref ReadOnlySpan<char> text, out int number)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        number = 0;
        return !digits.IsEmpty && digits[0] != '0'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
