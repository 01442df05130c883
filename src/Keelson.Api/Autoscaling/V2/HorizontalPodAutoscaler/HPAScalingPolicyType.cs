namespace Keelson.Api.Autoscaling.V2;

/// <summary>The values of HPAScalingPolicyType.</summary>
public static class HPAScalingPolicyType
{
    public const string Percent = "Percent";
    public const string Pods = "Pods";
}
