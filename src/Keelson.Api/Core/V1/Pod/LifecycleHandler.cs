using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>The action of a hook. Exactly one field must be set.</summary>
[ApiType("io.k8s.api.core.v1.LifecycleHandler")]
public sealed partial record LifecycleHandler
{
    /// <summary>Runs a command in the container.</summary>
    [Field(1)]
    public partial ExecAction? Exec { get; init; }

    /// <summary>Sends an HTTP request to the container.</summary>
    [Field(2)]
    public partial HTTPGetAction? HttpGet { get; init; }

    /// <summary>Kept for compatibility; not supported as a hook and fails when run.</summary>
    [Field(3)]
    public partial TCPSocketAction? TcpSocket { get; init; }

    /// <summary>Waits for a while.</summary>
    [Field(4)]
    public partial SleepAction? Sleep { get; init; }
}
