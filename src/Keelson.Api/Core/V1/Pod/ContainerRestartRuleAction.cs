namespace Keelson.Api.Core.V1;

/// <summary>The values of ContainerRestartRuleAction.</summary>
public static class ContainerRestartRuleAction
{
    public const string Restart = "Restart";
    public const string RestartAllContainers = "RestartAllContainers";
}
