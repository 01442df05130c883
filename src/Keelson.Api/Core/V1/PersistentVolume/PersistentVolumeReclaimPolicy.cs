namespace Keelson.Api.Core.V1;

/// <summary>The values of PersistentVolumeReclaimPolicy.</summary>
public static class PersistentVolumeReclaimPolicy
{
    public const string Delete = "Delete";
    public const string Recycle = "Recycle";
    public const string Retain = "Retain";
}
