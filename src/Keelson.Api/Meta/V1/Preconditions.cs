using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>Conditions on the stored object that a request depends on.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions")]
public sealed partial record Preconditions
{
    /// <summary>UID the object must have.</summary>
    [Field(1, GoType = "types.UID")]
    public partial string? Uid { get; init; }

    /// <summary>Resource version the object must have.</summary>
    [Field(2)]
    public partial string? ResourceVersion { get; init; }
}
