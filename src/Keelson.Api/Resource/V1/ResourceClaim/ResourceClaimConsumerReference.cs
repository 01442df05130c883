using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Object that may use a claim.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaimConsumerReference")]
public sealed partial record ResourceClaimConsumerReference
{
    /// <summary>API group of the object; empty for the core group.</summary>
    [Field(1)]
    public partial string ApiGroup { get; init; }

    /// <summary>Resource name of the object, such as pods.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Resource { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(4, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>UID of the object.</summary>
    [Field(5, Always = true, Required = true, GoType = "types.UID")]
    public partial string Uid { get; init; }
}
