using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Scheduling.V1;

/// <summary>Maps a name that pods can refer to onto a numeric priority.</summary>
[ApiType("io.k8s.api.scheduling.v1.PriorityClass")]
[Kind(
    "scheduling.k8s.io",
    "v1",
    "priorityclasses",
    Singular = "priorityclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "pc",
    StoragePrefix = "priorityclasses")]
public sealed partial record PriorityClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Priority of pods of this class; higher is more important. User classes may go up to 1000000000. Immutable.
    /// </summary>
    [Field(2, Always = true)]
    public partial int Value { get; init; }

    /// <summary>
    /// Whether pods without a class get this one. If several are marked, the one with the lowest value counts.
    /// </summary>
    [Field(3)]
    public partial bool GlobalDefault { get; init; }

    /// <summary>What the class is meant for.</summary>
    [Field(4)]
    public partial string Description { get; init; }

    /// <summary>
    /// PreemptLowerPriority lets its pods displace less important ones, Never does not. Defaults to
    /// PreemptLowerPriority; immutable.
    /// </summary>
    [Field(5, Enum = typeof(Keelson.Api.Core.V1.PreemptionPolicy))]
    public partial string? PreemptionPolicy { get; init; }
}
