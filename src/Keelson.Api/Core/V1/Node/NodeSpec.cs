using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Settings of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeSpec")]
public sealed partial record NodeSpec
{
    /// <summary>Address range from which the pods of the node get their addresses.</summary>
    [Field(1)]
    public partial string PodCIDR { get; init; }

    /// <summary>The same for up to two IP families; the first equals podCIDR. Can be set once only.</summary>
    [Field(7, List = ListType.Set, PatchStrategy = "merge")]
    public partial ApiList<string> PodCIDRs { get; init; }

    /// <summary>
    /// Identity of the machine at the cloud provider, in the form provider://id. Cannot be changed once set.
    /// </summary>
    [Field(3)]
    public partial string ProviderID { get; init; }

    /// <summary>Whether new pods are kept away from the node, as kubectl cordon does. Defaults to false.</summary>
    [Field(4)]
    public partial bool Unschedulable { get; init; }

    /// <summary>Taints of the node; a pair of key and effect occurs once only.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<Taint> Taints { get; init; }

    /// <summary>Deprecated and ignored: former dynamic configuration of the kubelet.</summary>
    [Field(6)]
    public partial NodeConfigSource? ConfigSource { get; init; }

    /// <summary>Deprecated and unused.</summary>
    [Field(2)]
    public partial string ExternalID { get; init; }
}
