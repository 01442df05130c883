using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A set of pods and the topology domain in which to be, or not to be, together with them.</summary>
[ApiType("io.k8s.api.core.v1.PodAffinityTerm")]
public sealed partial record PodAffinityTerm
{
    /// <summary>Pods that are meant, by their labels. An absent selector matches none, an empty one all.</summary>
    [Field(1)]
    public partial LabelSelector? LabelSelector { get; init; }

    /// <summary>
    /// Namespaces of those pods, in addition to those picked by namespaceSelector. If both are absent, the
    /// namespace of the pod itself.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> Namespaces { get; init; }

    /// <summary>
    /// Node label that defines the domain: nodes with the same value form one, for instance kubernetes.io/hostname
    /// or topology.kubernetes.io/zone. Required.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial string TopologyKey { get; init; }

    /// <summary>Namespaces of those pods, by their labels. An empty selector means all namespaces.</summary>
    [Field(4)]
    public partial LabelSelector? NamespaceSelector { get; init; }

    /// <summary>
    /// Labels whose value on the incoming pod other pods must share; they are merged into labelSelector as In
    /// conditions. A key must not be in mismatchLabelKeys, and labelSelector has to be set.
    /// </summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> MatchLabelKeys { get; init; }

    /// <summary>
    /// Labels whose value on the incoming pod other pods must not share; they are merged into labelSelector as
    /// NotIn conditions. A key must not be in matchLabelKeys.
    /// </summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<string> MismatchLabelKeys { get; init; }
}
