namespace Keelson.Api.Core.V1;

/// <summary>The values of LimitType.</summary>
public static class LimitType
{
    public const string Container = "Container";
    public const string PersistentVolumeClaim = "PersistentVolumeClaim";
    public const string Pod = "Pod";
}
