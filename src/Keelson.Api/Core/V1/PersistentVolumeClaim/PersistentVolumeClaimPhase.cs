namespace Keelson.Api.Core.V1;

/// <summary>The values of PersistentVolumeClaimPhase.</summary>
public static class PersistentVolumeClaimPhase
{
    public const string Bound = "Bound";
    public const string Lost = "Lost";
    public const string Pending = "Pending";
}
