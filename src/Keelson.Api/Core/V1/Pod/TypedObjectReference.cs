using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points to an object of any kind, possibly in another namespace.</summary>
[ApiType("io.k8s.api.core.v1.TypedObjectReference")]
public sealed partial record TypedObjectReference
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

    /// <summary>
    /// Namespace of the object. If it differs from that of the referrer, a ReferenceGrant has to permit it. Needs
    /// the CrossNamespaceVolumeDataSource feature gate.
    /// </summary>
    [Field(4)]
    public partial string? Namespace { get; init; }
}
