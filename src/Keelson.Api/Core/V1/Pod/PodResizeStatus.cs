namespace Keelson.Api.Core.V1;

/// <summary>The values of PodResizeStatus.</summary>
public static class PodResizeStatus
{
    public const string Deferred = "Deferred";
    public const string InProgress = "InProgress";
    public const string Infeasible = "Infeasible";
}
