using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Linux identity of the first process of a container.</summary>
[ApiType("io.k8s.api.core.v1.LinuxContainerUser")]
public sealed partial record LinuxContainerUser
{
    /// <summary>Its numeric user id.</summary>
    [Field(1, Always = true, Required = true)]
    public partial long Uid { get; init; }

    /// <summary>Its primary numeric group id.</summary>
    [Field(2, Always = true, Required = true)]
    public partial long Gid { get; init; }

    /// <summary>Its further numeric group ids.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<long> SupplementalGroups { get; init; }
}
