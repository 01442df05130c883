using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;

namespace Keelson.Scheduler.Tests;

/// <summary>Pods with terms about other pods, in a line.</summary>
internal static class AffinityTerms
{
    public static PodAffinityTerm Term(string labels, string key, string namespaces = "", string? selected = null) =>
        new()
        {
            LabelSelector = new() { MatchLabels = Objects.Labels(labels) },
            TopologyKey = key,
            Namespaces = namespaces.Length == 0 ? [] : namespaces.Split(','),
            NamespaceSelector =
                selected is null ? null : new LabelSelector { MatchLabels = Objects.Labels(selected) },
        };

    public static Pod Near(this Pod pod, params PodAffinityTerm[] terms) => pod.With(
        pod.Affinity() with { PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = terms } });

    public static Pod Away(this Pod pod, params PodAffinityTerm[] terms) => pod.With(
        pod.Affinity() with { PodAntiAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = terms } });

    public static Pod RatherNear(this Pod pod, int weight, PodAffinityTerm term) => pod.With(pod.Affinity() with
    {
        PodAffinity = new()
        {
            PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = weight, PodAffinityTerm = term }],
        },
    });

    public static Pod RatherAway(this Pod pod, int weight, PodAffinityTerm term) => pod.With(pod.Affinity() with
    {
        PodAntiAffinity = new()
        {
            PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = weight, PodAffinityTerm = term }],
        },
    });

    private static Affinity Affinity(this Pod pod) => pod.Spec.Affinity ?? new();

    private static Pod With(this Pod pod, Affinity affinity) =>
        pod with { Spec = pod.Spec with { Affinity = affinity } };
}
