using Xunit.v3;

namespace Keelson.EndToEnd.Tests.Conformance;

/// <summary>
/// Says which behaviour of upstream's conformance suite a test shows; <c>docs/CONFORMANCE.md</c> is made of these. As a
/// trait it selects tests too: <c>-trait "Conformance=[sig-apps]*"</c>.
/// </summary>
/// <param name="parts">The behaviour's codename, in parts where it is long; its last word, <c>[Conformance]</c>, may be
/// left out.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceAttribute(params string[] parts) : Attribute, ITraitAttribute
{
    private const string Suffix = " [Conformance]";

    /// <summary>The codename without its last word.</summary>
    public string Codename { get; } = Shortened(string.Join(' ', parts));

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Conformance", Codename)];

    private static string Shortened(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}
