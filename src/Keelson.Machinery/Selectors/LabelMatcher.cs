using System.Diagnostics.CodeAnalysis;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Selectors;

/// <summary>
/// A condition on labels: all requirements hold, or nothing at all matches. The API's <c>LabelSelector</c> objects and
/// the
/// <c>labelSelector</c> query parameter both become one.
/// </summary>
public sealed class LabelMatcher
{
    private readonly LabelRequirement[]? _requirements;

    private LabelMatcher(LabelRequirement[]? requirements) => _requirements = requirements;

    /// <summary>Matches everything.</summary>
    public static LabelMatcher Everything { get; } = new([]);

    /// <summary>Matches nothing; what an absent <c>LabelSelector</c> object stands for.</summary>
    public static LabelMatcher Nothing { get; } = new(null);

    /// <summary>True when everything matches.</summary>
    public bool IsEverything => _requirements is { Length: 0 };

    /// <summary>True when nothing matches.</summary>
    public bool IsNothing => _requirements is null;

    /// <summary>The requirements, sorted by key; empty for <see cref="Nothing"/> too.</summary>
    public IReadOnlyList<LabelRequirement> Requirements => _requirements ?? [];

    /// <summary>A selector of requirements.</summary>
    public static LabelMatcher Of(params ReadOnlySpan<LabelRequirement> requirements) =>
        requirements.Length == 0 ? Everything : new(Sorted([.. requirements]));

    /// <summary>
    /// Labels that must all be there with these values, unchecked (upstream's <c>SelectorFromSet</c>).
    /// </summary>
    public static LabelMatcher FromLabels(in ApiMap<string> labels)
    {
        List<LabelRequirement> requirements = new(labels.Count);
        foreach (KeyValuePair<string, string> label in labels)
        {
            if (!LabelRequirement.TryCreate(label.Key, SelectorOperator.EqualTo, [label.Value],
                out LabelRequirement? one, out _))
            {
                // No object can carry a label that is invalid.
                return Nothing;
            }

            requirements.Add(one);
        }

        return Of([.. requirements]);
    }

    /// <summary>
    /// The selector of a <c>LabelSelector</c> object that is there; an absent one is <see cref="Nothing"/>.
    /// </summary>
    /// <param name="matchLabels">Labels to match exactly.</param>
    /// <param name="expressions">Key, operator (<c>In</c>, <c>NotIn</c>, <c>Exists</c>, <c>DoesNotExist</c>) and
    /// values.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="error">Upstream's text for an invalid requirement.</param>
    public static bool TryCreate(
        in ApiMap<string> matchLabels,
        IEnumerable<(string Key, string Operator, ApiList<string> Values)> expressions,
        [NotNullWhen(true)] out LabelMatcher? selector,
        [NotNullWhen(false)] out string? error)
    {
        selector = null;
        List<LabelRequirement> requirements = [];
        foreach (KeyValuePair<string, string> label in matchLabels)
        {
            if (!LabelRequirement.TryCreate(label.Key, SelectorOperator.EqualTo, [label.Value],
                out LabelRequirement? one, out error))
            {
                return false;
            }

            requirements.Add(one);
        }

        foreach ((string key, string name, ApiList<string> values) in expressions)
        {
            SelectorOperator? @operator = name switch
            {
                "In" => SelectorOperator.In,
                "NotIn" => SelectorOperator.NotIn,
                "Exists" => SelectorOperator.Exists,
                "DoesNotExist" => SelectorOperator.DoesNotExist,
                _ => null,
            };
            if (@operator is null)
            {
                error = GoText.Quote(name) + " is not a valid label selector operator";
                return false;
            }

            if (!LabelRequirement.TryCreate(key, @operator.Value, values, out LabelRequirement? one, out error))
            {
                return false;
            }

            requirements.Add(one);
        }

        selector = Of([.. requirements]);
        error = null;
        return true;
    }

    /// <summary>
    /// Reads the form of the query parameter: <c>a=b,c in (d,e),!f</c>; otherwise the error is upstream's text.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LabelMatcher? selector, [NotNullWhen(false)] out string? error)
    {
        error = new LabelMatcherParser(text).Parse(out List<LabelRequirement> requirements);
        selector = error is null ? Of([.. requirements]) : null;
        return selector is not null;
    }

    /// <summary>True when the labels meet all requirements.</summary>
    public bool Matches(in ApiMap<string> labels)
    {
        if (_requirements is null)
        {
            return false;
        }

        foreach (LabelRequirement requirement in _requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The value that a label must have, when a requirement pins it to a single one: what an index can answer.
    /// </summary>
    public bool TryGetExactValue(string key, [NotNullWhen(true)] out string? value)
    {
        foreach (LabelRequirement requirement in Requirements)
        {
            if (requirement.Key == key && requirement.Values.Count == 1
                && requirement.Operator is SelectorOperator.EqualTo
                or SelectorOperator.DoubleEqualTo or SelectorOperator.In)
            {
                value = requirement.Values[0];
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>The canonical text, requirements sorted by key.</summary>
    public override string ToString() => string.Join(',', Requirements);

    /// <summary>How tables print the selector of an object: <c>&lt;none&gt;</c> for an empty one.</summary>
    public string ToColumn() => ToString() is { Length: > 0 } text ? text : "<none>";

    private static LabelRequirement[] Sorted(LabelRequirement[] requirements)
    {
        // A stable sort: requirements on one key keep their order.
        LabelRequirement[] sorted =
            [.. requirements.OrderBy(static one => one.Key, Comparer<string>.Create(Utf8Order.Compare))];
        return sorted;
    }
}
