namespace Keelson.Api.Policy.V1;

/// <summary>The values of UnhealthyPodEvictionPolicyType.</summary>
public static class UnhealthyPodEvictionPolicyType
{
    public const string AlwaysAllow = "AlwaysAllow";
    public const string IfHealthyBudget = "IfHealthyBudget";
}
