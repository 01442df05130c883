namespace Keelson.Api.Autoscaling.V2;

/// <summary>The values of MetricTargetType.</summary>
public static class MetricTargetType
{
    public const string AverageValue = "AverageValue";
    public const string Utilization = "Utilization";
    public const string Value = "Value";
}
