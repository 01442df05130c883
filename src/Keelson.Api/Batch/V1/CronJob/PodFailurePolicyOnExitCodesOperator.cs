namespace Keelson.Api.Batch.V1;

/// <summary>The values of PodFailurePolicyOnExitCodesOperator.</summary>
public static class PodFailurePolicyOnExitCodesOperator
{
    public const string In = "In";
    public const string NotIn = "NotIn";
}
