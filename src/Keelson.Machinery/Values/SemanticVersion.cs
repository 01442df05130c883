using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Keelson.Machinery.Values;

/// <summary>A version as semver.org 2.0.0 has it: <c>1.2.3-rc.1+build.5</c>.</summary>
public sealed record SemanticVersion : IComparable<SemanticVersion>
{
    private readonly string[] _preRelease;
    private readonly string _text;

    private SemanticVersion(ulong major, ulong minor, ulong patch, string[] preRelease, string text)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        _preRelease = preRelease;
        _text = text;
    }

    /// <summary>The first number.</summary>
    public ulong Major { get; }

    /// <summary>The second number.</summary>
    public ulong Minor { get; }

    /// <summary>The third number.</summary>
    public ulong Patch { get; }

    /// <summary>Reads a version; false with what is wrong.</summary>
    /// <param name="text">The version.</param>
    /// <param name="normalize">
    /// True to take <c>v1.0</c> for 1.0.0: without the letter, zeros in front of numbers, and with what lacks.
    /// </param>
    /// <param name="version">The version.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(
        string text, bool normalize, [NotNullWhen(true)] out SemanticVersion? version,
        [NotNullWhen(false)] out string? error)
    {
        version = null;
        string normal = normalize ? Normalized(text) : text;
        if (normal.Length == 0)
        {
            error = "Version string empty";
            return false;
        }

        int plus = normal.IndexOf('+', StringComparison.Ordinal);
        string core = plus < 0 ? normal : normal[..plus];
        int dash = core.IndexOf('-', StringComparison.Ordinal);
        string[] preRelease = dash < 0 ? [] : core[(dash + 1)..].Split('.');
        string[] numbers = (dash < 0 ? core : core[..dash]).Split('.', 3);
        if (numbers.Length != 3)
        {
            error = "No Major.Minor.Patch elements found";
            return false;
        }

        ulong[] values = new ulong[3];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (Number(numbers[i], ((ReadOnlySpan<string>)["major", "minor", "patch"])[i], out values[i]) is { } bad)
            {
                error = bad;
                return false;
            }
        }

        error = preRelease.Select(PreReleaseProblem).FirstOrDefault(static one => one is not null)
            ?? (plus < 0 ? null : normal[(plus + 1)..].Split('.').Select(BuildProblem)
                .FirstOrDefault(static one => one is not null));
        version = error is null ? new(values[0], values[1], values[2], preRelease, normal) : null;
        return version is not null;
    }

    /// <summary>By the numbers, then the parts of the pre-release; builds don't count.</summary>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = Major.CompareTo(other.Major);
        order = order != 0 ? order : Minor.CompareTo(other.Minor);
        order = order != 0 ? order : Patch.CompareTo(other.Patch);
        if (order != 0 || _preRelease.Length + other._preRelease.Length == 0)
        {
            return order;
        }

        // What comes before a release is less than it.
        if (_preRelease.Length == 0 || other._preRelease.Length == 0)
        {
            return other._preRelease.Length.CompareTo(_preRelease.Length);
        }

        for (int i = 0; i < Math.Min(_preRelease.Length, other._preRelease.Length); i++)
        {
            int part = ComparePart(_preRelease[i], other._preRelease[i]);
            if (part != 0)
            {
                return part;
            }
        }

        return _preRelease.Length.CompareTo(other._preRelease.Length);
    }

    /// <inheritdoc/>
    public bool Equals(SemanticVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch, _preRelease.Length);

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static int ComparePart(string left, string right)
    {
        bool leftIsNumber = ulong.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out ulong a);
        bool rightIsNumber = ulong.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out ulong b);
        return leftIsNumber && rightIsNumber ? a.CompareTo(b)
            : leftIsNumber != rightIsNumber ? (leftIsNumber ? -1 : 1)
            : string.CompareOrdinal(left, right);
    }

    private static string Normalized(string text)
    {
        string rest = text.StartsWith('v') ? text[1..] : text;
        int tail = rest.AsSpan().IndexOfAny('-', '+');
        string core = tail < 0 ? rest : rest[..tail];
        List<string> parts = [.. core.Split('.').Select(static one => one.Length > 1 ? Unpadded(one) : one)];
        while (parts.Count < 3)
        {
            parts.Add("0");
        }

        return string.Join('.', parts) + (tail < 0 ? "" : rest[tail..]);
    }

    private static string Unpadded(string number) => number.TrimStart('0') is { Length: > 0 } left ? left : "0";

    private static string? Number(string text, string part, out ulong value)
    {
        value = 0;
        string name = char.ToUpperInvariant(part[0]) + part[1..];
        return text.Length == 0 || !text.All(char.IsAsciiDigit)
                ? $"Invalid character(s) found in {part} number \"{text}\""
            : text.Length > 1 && text[0] == '0' ? $"{name} number must not contain leading zeroes \"{text}\""
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? null
            : $"strconv.ParseUint: parsing \"{text}\": value out of range";
    }

    private static string? PreReleaseProblem(string part) =>
        part.Length == 0 ? "Prerelease is empty"
        : part.All(char.IsAsciiDigit)
            ? part.Length > 1 && part[0] == '0'
                ? $"Numeric PreRelease version must not contain leading zeroes \"{part}\"" : null
        : part.All(static one => char.IsAsciiLetterOrDigit(one) || one == '-') ? null
        : $"Invalid character(s) found in prerelease \"{part}\"";

    private static string? BuildProblem(string part) =>
        part.Length == 0 ? "Build meta data is empty"
        : part.All(static one => char.IsAsciiLetterOrDigit(one) || one == '-') ? null
        : $"Invalid character(s) found in build meta data \"{part}\"";
}
