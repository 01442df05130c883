namespace Keelson.Api.Batch.V1;

/// <summary>The values of PodReplacementPolicy.</summary>
public static class PodReplacementPolicy
{
    public const string Failed = "Failed";
    public const string TerminatingOrFailed = "TerminatingOrFailed";
}
