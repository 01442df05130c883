using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Initially empty scratch space on the node.</summary>
[ApiType("io.k8s.api.core.v1.EmptyDirVolumeSource")]
public sealed partial record EmptyDirVolumeSource
{
    /// <summary>
    /// Empty for the default storage of the node, Memory for a tmpfs that counts as memory of the containers,
    /// HugePages or HugePages-SIZE for huge pages.
    /// </summary>
    [Field(1, GoType = "v1.StorageMedium")]
    public partial string Medium { get; init; }

    /// <summary>
    /// Largest amount of data; the pod is evicted if it is exceeded. On Memory it is capped by the memory limits of
    /// the pod. No limit by default.
    /// </summary>
    [Field(2)]
    public partial Quantity? SizeLimit { get; init; }
}
