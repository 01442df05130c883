using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points to a Secret in any namespace.</summary>
[ApiType("io.k8s.api.core.v1.SecretReference", Atomic = true)]
public sealed partial record SecretReference
{
    /// <summary>Name of the Secret.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>Namespace of the Secret.</summary>
    [Field(2)]
    public partial string Namespace { get; init; }
}
