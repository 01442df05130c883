using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points to an object of a known kind in the same namespace.</summary>
[ApiType("io.k8s.api.core.v1.LocalObjectReference", Atomic = true)]
public sealed partial record LocalObjectReference
{
    /// <summary>Name of the object. Practically required, though it may be empty for compatibility.</summary>
    [Field(1, Default = "\"\"")]
    public partial string Name { get; init; }
}
