using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Health of the devices behind one resource of a container.</summary>
[ApiType("io.k8s.api.core.v1.ResourceStatus")]
public sealed partial record ResourceStatus
{
    /// <summary>
    /// The resource: that of a device plugin, such as example.com/gpu, or claim:NAME or claim:NAME/REQUEST for a
    /// resource claim. Unique within the container.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceName")]
    public partial string Name { get; init; }

    /// <summary>Health of every single device.</summary>
    [Field(2, List = ListType.Map, Keys = "resourceID")]
    public partial ApiList<ResourceHealth> Resources { get; init; }
}
