using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A handler of the container runtime.</summary>
[ApiType("io.k8s.api.core.v1.NodeRuntimeHandler")]
public sealed partial record NodeRuntimeHandler
{
    /// <summary>Name of the handler; empty for the default one.</summary>
    [Field(1, Always = true)]
    public partial string Name { get; init; }

    /// <summary>What the handler is capable of.</summary>
    [Field(2)]
    public partial NodeRuntimeHandlerFeatures? Features { get; init; }
}
