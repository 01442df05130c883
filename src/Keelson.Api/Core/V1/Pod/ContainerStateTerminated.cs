using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A container that has ended.</summary>
[ApiType("io.k8s.api.core.v1.ContainerStateTerminated")]
public sealed partial record ContainerStateTerminated
{
    /// <summary>Exit code of its first process.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int ExitCode { get; init; }

    /// <summary>Number of the signal that ended it, if any.</summary>
    [Field(2)]
    public partial int Signal { get; init; }

    /// <summary>Short cause, for example Completed, Error or OOMKilled.</summary>
    [Field(3)]
    public partial string Reason { get; init; }

    /// <summary>Termination message of the container or details from the runtime.</summary>
    [Field(4)]
    public partial string Message { get; init; }

    /// <summary>When the ended run began.</summary>
    [Field(5)]
    public partial Time StartedAt { get; init; }

    /// <summary>When the container ended.</summary>
    [Field(6)]
    public partial Time FinishedAt { get; init; }

    /// <summary>Identity of the ended container in the form runtime://id.</summary>
    [Field(7)]
    public partial string ContainerID { get; init; }
}
