using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Origin of an event.</summary>
[ApiType("io.k8s.api.core.v1.EventSource")]
public sealed partial record EventSource
{
    /// <summary>Component that reported it.</summary>
    [Field(1)]
    public partial string Component { get; init; }

    /// <summary>Node on which that component runs.</summary>
    [Field(2)]
    public partial string Host { get; init; }
}
