using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One option of the resolver configuration, such as ndots.</summary>
[ApiType("io.k8s.api.core.v1.PodDNSConfigOption")]
public sealed partial record PodDNSConfigOption
{
    /// <summary>Name of the option. Required.</summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>Value of the option, if it takes one.</summary>
    [Field(2)]
    public partial string? Value { get; init; }
}
