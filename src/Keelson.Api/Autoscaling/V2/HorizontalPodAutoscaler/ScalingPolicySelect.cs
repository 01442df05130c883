namespace Keelson.Api.Autoscaling.V2;

/// <summary>The values of ScalingPolicySelect.</summary>
public static class ScalingPolicySelect
{
    public const string Disabled = "Disabled";
    public const string Max = "Max";
    public const string Min = "Min";
}
