using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points to an object of any kind in the same namespace.</summary>
[ApiType("io.k8s.api.core.v1.TypedLocalObjectReference", Atomic = true)]
public sealed partial record TypedLocalObjectReference
{
    /// <summary>Group of the object, without version. Absent or empty stands for the core group.</summary>
    [Field(1, Always = true)]
    public partial string? ApiGroup { get; init; }

    /// <summary>Kind of the object.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Name { get; init; }
}
