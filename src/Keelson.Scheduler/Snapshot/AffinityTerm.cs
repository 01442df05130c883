using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Snapshot;

/// <summary>Pods to be near to or away from, ready to be held against others.</summary>
internal sealed class AffinityTerm
{
    private static readonly AffinityTerm[] None = [];

    private AffinityTerm(Pod pod, PodAffinityTerm term, int weight)
    {
        Selector = term.LabelSelector.ToMatcher();
        Label = LabelOf(Selector);
        TopologyKey = term.TopologyKey;
        Weight = weight;
        Namespaces = term.Namespaces.Count == 0 && term.NamespaceSelector is null
            ? [pod.Metadata.Namespace]
            : [.. term.Namespaces];
        NamespaceSelector = term.NamespaceSelector.ToMatcher();
    }

    /// <summary>The namespaces of the pods it is about.</summary>
    public IReadOnlyList<string> Namespaces { get; }

    /// <summary>More namespaces, by their labels; matches nothing where the term has no such selector.</summary>
    public LabelMatcher NamespaceSelector { get; }

    /// <summary>The pods.</summary>
    public LabelMatcher Selector { get; }

    /// <summary>A label that all pods have which the term is about; null when it asks for no one label.</summary>
    public (string Key, string Value)? Label { get; }

    /// <summary>The node label that says what near means.</summary>
    public string TopologyKey { get; }

    /// <summary>The weight of a preference; 0 for a requirement.</summary>
    public int Weight { get; }

    /// <summary>True when the term is about a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="namespaceLabels">The labels of its namespace; asked only if the term selects namespaces.</param>
    public bool Matches(PodInfo pod, Func<string, ApiMap<string>> namespaceLabels) =>
        MatchesNamespace(pod.Namespace, namespaceLabels) && Selector.Matches(pod.Labels);

    /// <summary>True when the term is about the pods of a namespace.</summary>
    public bool MatchesNamespace(string @namespace, Func<string, ApiMap<string>> namespaceLabels)
    {
        for (int i = 0; i < Namespaces.Count; i++)
        {
            if (Namespaces[i] == @namespace)
            {
                return true;
            }
        }

        return !NamespaceSelector.IsNothing && NamespaceSelector.Matches(namespaceLabels(@namespace));
    }

    /// <summary>Terms that must hold.</summary>
    public static AffinityTerm[] Required(Pod pod, ApiList<PodAffinityTerm> terms) =>
        terms.Count == 0 ? None : [.. terms.Select(one => new AffinityTerm(pod, one, 0))];

    /// <summary>Terms that are wished for.</summary>
    public static AffinityTerm[] Preferred(Pod pod, ApiList<WeightedPodAffinityTerm> terms) =>
        terms.Count == 0 ? None : [.. terms.Select(one => new AffinityTerm(pod, one.PodAffinityTerm, one.Weight))];

    private static (string Key, string Value)? LabelOf(LabelMatcher selector)
    {
        foreach (LabelRequirement one in selector.Requirements)
        {
            if (selector.TryGetExactValue(one.Key, out string? value))
            {
                return (one.Key, value);
            }
        }

        return null;
    }
}
