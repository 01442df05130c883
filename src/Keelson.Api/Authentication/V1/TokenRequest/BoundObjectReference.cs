using Keelson.Api.Kinds;

namespace Keelson.Api.Authentication.V1;

/// <summary>Object a token is tied to; the token becomes invalid when the object goes.</summary>
[ApiType("io.k8s.api.authentication.v1.BoundObjectReference")]
public sealed partial record BoundObjectReference
{
    /// <summary>Kind of the object: Pod, Secret or Node.</summary>
    [Field(1)]
    public partial string Kind { get; init; }

    /// <summary>API version of the object.</summary>
    [Field(2)]
    public partial string ApiVersion { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(3)]
    public partial string Name { get; init; }

    /// <summary>UID of the object.</summary>
    [Field(4, GoType = "types.UID")]
    public partial string Uid { get; init; }
}
