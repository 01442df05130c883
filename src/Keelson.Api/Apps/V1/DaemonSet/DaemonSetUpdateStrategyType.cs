namespace Keelson.Api.Apps.V1;

/// <summary>The values of DaemonSetUpdateStrategyType.</summary>
public static class DaemonSetUpdateStrategyType
{
    public const string OnDelete = "OnDelete";
    public const string RollingUpdate = "RollingUpdate";
}
