using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>UIDs of ended pods that are not yet reflected in the job's counters.</summary>
[ApiType("io.k8s.api.batch.v1.UncountedTerminatedPods")]
public sealed partial record UncountedTerminatedPods
{
    /// <summary>UIDs of pods that succeeded and remain to be counted.</summary>
    [Field(1, List = ListType.Set, GoType = "types.UID")]
    public partial ApiList<string> Succeeded { get; init; }

    /// <summary>UIDs of pods that failed and remain to be counted.</summary>
    [Field(2, List = ListType.Set, GoType = "types.UID")]
    public partial ApiList<string> Failed { get; init; }
}
