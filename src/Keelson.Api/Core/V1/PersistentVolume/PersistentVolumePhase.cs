namespace Keelson.Api.Core.V1;

/// <summary>The values of PersistentVolumePhase.</summary>
public static class PersistentVolumePhase
{
    public const string Available = "Available";
    public const string Bound = "Bound";
    public const string Failed = "Failed";
    public const string Pending = "Pending";
    public const string Released = "Released";
}
