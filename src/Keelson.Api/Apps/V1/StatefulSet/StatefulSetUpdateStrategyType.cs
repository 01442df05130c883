namespace Keelson.Api.Apps.V1;

/// <summary>The values of StatefulSetUpdateStrategyType.</summary>
public static class StatefulSetUpdateStrategyType
{
    public const string OnDelete = "OnDelete";
    public const string RollingUpdate = "RollingUpdate";
}
