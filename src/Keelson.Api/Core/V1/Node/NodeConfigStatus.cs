using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: state of the former dynamic kubelet configuration.</summary>
[ApiType("io.k8s.api.core.v1.NodeConfigStatus")]
public sealed partial record NodeConfigStatus
{
    /// <summary>Configuration the node was to use.</summary>
    [Field(1)]
    public partial NodeConfigSource? Assigned { get; init; }

    /// <summary>Configuration the node used.</summary>
    [Field(2)]
    public partial NodeConfigSource? Active { get; init; }

    /// <summary>Configuration the node fell back to on errors.</summary>
    [Field(3)]
    public partial NodeConfigSource? LastKnownGood { get; init; }

    /// <summary>Problem with the assigned configuration.</summary>
    [Field(4)]
    public partial string Error { get; init; }
}
