using Keelson.Machinery.Values;

namespace Keelson.Machinery.Cel;

/// <summary>Versions: <c>semver("1.2.3").isLessThan(semver("2.0.0"))</c>.</summary>
internal static class CelSemverFunctions
{
    /// <summary>All of them.</summary>
    public static Dictionary<string, CelFunction> All { get; } = new(StringComparer.Ordinal)
    {
        ["semver"] = static values => Text(values, out bool normalize) is not { } text ? null
            : SemanticVersion.TryParse(text, normalize, out SemanticVersion? version, out string? error)
                ? new CelSemver(version)
            : new CelError(error),
        ["isSemver"] = static values => Text(values, out bool normalize) is { } text
            ? CelBool.Of(SemanticVersion.TryParse(text, normalize, out _, out _)) : null,
        ["major"] = static values => values is [CelSemver one] ? new CelInt((long)one.Version.Major) : null,
        ["minor"] = static values => values is [CelSemver one] ? new CelInt((long)one.Version.Minor) : null,
        ["patch"] = static values => values is [CelSemver one] ? new CelInt((long)one.Version.Patch) : null,
        ["compareTo"] = static values => Compare(values) is { } order ? new CelInt(order) : null,
        ["isGreaterThan"] = static values => Compare(values) is { } order ? CelBool.Of(order > 0) : null,
        ["isLessThan"] = static values => Compare(values) is { } order ? CelBool.Of(order < 0) : null,
    };

    private static string? Text(ReadOnlySpan<CelValue> values, out bool normalize)
    {
        normalize = values is [_, CelBool { Truth: true }];
        return values is [CelString one, ..] && (values.Length == 1 || values is [_, CelBool]) ? one.Text : null;
    }

    private static int? Compare(ReadOnlySpan<CelValue> values) =>
        values is [CelSemver left, CelSemver right] ? Math.Sign(left.Version.CompareTo(right.Version)) : null;
}
