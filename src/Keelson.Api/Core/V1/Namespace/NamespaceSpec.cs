using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Settings of a namespace.</summary>
[ApiType("io.k8s.api.core.v1.NamespaceSpec")]
public sealed partial record NamespaceSpec
{
    /// <summary>
    /// Finalizers that must be removed, through the finalize subresource, before the namespace disappears. The
    /// entry kubernetes stands for the removal of all its content.
    /// </summary>
    [Field(1, List = ListType.Atomic, GoType = "v1.FinalizerName")]
    public partial ApiList<string> Finalizers { get; init; }
}
