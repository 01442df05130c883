namespace Keelson.Api.Batch.V1;

/// <summary>The values of PodFailurePolicyAction.</summary>
public static class PodFailurePolicyAction
{
    public const string Count = "Count";
    public const string FailIndex = "FailIndex";
    public const string FailJob = "FailJob";
    public const string Ignore = "Ignore";
}
