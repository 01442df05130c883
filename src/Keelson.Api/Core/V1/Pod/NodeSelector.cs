using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Alternatives of conditions on nodes.</summary>
[ApiType("io.k8s.api.core.v1.NodeSelector", Atomic = true)]
public sealed partial record NodeSelector
{
    /// <summary>The alternatives, of which at least one must hold. Required and not empty.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<NodeSelectorTerm> NodeSelectorTerms { get; init; }
}
