using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Changes to the kernel capabilities of a container.</summary>
[ApiType("io.k8s.api.core.v1.Capabilities")]
public sealed partial record Capabilities
{
    /// <summary>Capabilities to add, without the prefix CAP_, for example NET_ADMIN; ALL stands for all.</summary>
    [Field(1, List = ListType.Atomic, GoType = "v1.Capability")]
    public partial ApiList<string> Add { get; init; }

    /// <summary>Capabilities to take away; ALL stands for all.</summary>
    [Field(2, List = ListType.Atomic, GoType = "v1.Capability")]
    public partial ApiList<string> Drop { get; init; }
}
