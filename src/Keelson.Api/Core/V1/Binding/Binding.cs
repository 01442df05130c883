using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Assigns a pod to a node; written by schedulers to the binding subresource.</summary>
[ApiType("io.k8s.api.core.v1.Binding")]
[Kind(
    "",
    "v1",
    "bindings",
    Singular = "binding",
    Namespaced = true,
    Verbs = "create")]
public sealed partial record Binding : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The node.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ObjectReference Target { get; init; }
}
