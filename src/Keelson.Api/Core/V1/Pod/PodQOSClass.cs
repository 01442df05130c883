namespace Keelson.Api.Core.V1;

/// <summary>The values of PodQOSClass.</summary>
public static class PodQOSClass
{
    public const string BestEffort = "BestEffort";
    public const string Burstable = "Burstable";
    public const string Guaranteed = "Guaranteed";
}
