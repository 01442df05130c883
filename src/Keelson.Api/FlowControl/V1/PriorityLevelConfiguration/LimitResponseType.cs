namespace Keelson.Api.FlowControl.V1;

/// <summary>The values of LimitResponseType.</summary>
public static class LimitResponseType
{
    public const string Queue = "Queue";
    public const string Reject = "Reject";
}
