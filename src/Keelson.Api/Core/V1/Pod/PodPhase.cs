namespace Keelson.Api.Core.V1;

/// <summary>The values of PodPhase.</summary>
public static class PodPhase
{
    public const string Failed = "Failed";
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Succeeded = "Succeeded";
    public const string Unknown = "Unknown";
}
