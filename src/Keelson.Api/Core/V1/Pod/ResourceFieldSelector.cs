using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Selects a request or limit of a container.</summary>
[ApiType("io.k8s.api.core.v1.ResourceFieldSelector", Atomic = true)]
public sealed partial record ResourceFieldSelector
{
    /// <summary>
    /// The container to look at. Required in volumes; in environment variables it defaults to the container itself.
    /// </summary>
    [Field(1)]
    public partial string ContainerName { get; init; }

    /// <summary>
    /// Which value, for example limits.cpu or requests.memory. If no limit is set, the allocatable amount of the
    /// node is used.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial string Resource { get; init; }

    /// <summary>Unit the value is divided by, rounding up, such as 1m, 1Ki or 1Mi. Defaults to 1.</summary>
    [Field(3)]
    public partial Quantity Divisor { get; init; }
}
