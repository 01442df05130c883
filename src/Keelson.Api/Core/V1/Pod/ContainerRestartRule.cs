using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>What to do when a container exits in a certain way.</summary>
[ApiType("io.k8s.api.core.v1.ContainerRestartRule")]
public sealed partial record ContainerRestartRule
{
    /// <summary>
    /// Restart restarts this container; RestartAllContainers restarts all containers of the pod in place, init
    /// containers included.
    /// </summary>
    [Field(1, Required = true, GoType = "v1.ContainerRestartRuleAction")]
    public partial string Action { get; init; }

    /// <summary>The exit codes for which the rule applies. Required.</summary>
    [Field(2)]
    public partial ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}
