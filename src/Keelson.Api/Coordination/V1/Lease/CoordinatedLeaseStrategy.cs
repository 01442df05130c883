namespace Keelson.Api.Coordination.V1;

/// <summary>The values of CoordinatedLeaseStrategy.</summary>
public static class CoordinatedLeaseStrategy
{
    public const string OldestEmulationVersion = "OldestEmulationVersion";
}
