namespace Keelson.Api.Core.V1;

/// <summary>The values of NodePhase.</summary>
public static class NodePhase
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Terminated = "Terminated";
}
