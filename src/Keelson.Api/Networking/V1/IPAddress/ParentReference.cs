using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Identifies the object an IP address belongs to.</summary>
[ApiType("io.k8s.api.networking.v1.ParentReference")]
public sealed partial record ParentReference
{
    /// <summary>API group of the object; empty for the core group.</summary>
    [Field(1)]
    public partial string Group { get; init; }

    /// <summary>Resource name of the object, such as services.</summary>
    [Field(2, Required = true)]
    public partial string Resource { get; init; }

    /// <summary>Namespace of the object, if it has one.</summary>
    [Field(3)]
    public partial string Namespace { get; init; }

    /// <summary>Name of the object.</summary>
    [Field(4, Required = true)]
    public partial string Name { get; init; }
}
