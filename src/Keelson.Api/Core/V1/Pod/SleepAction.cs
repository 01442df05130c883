using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A pause in the life of a container.</summary>
[ApiType("io.k8s.api.core.v1.SleepAction")]
public sealed partial record SleepAction
{
    /// <summary>How long to wait, in seconds. Not negative and not above the grace period of the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public partial long Seconds { get; init; }
}
