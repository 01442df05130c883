namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The values of ConditionStatus.</summary>
public static class ConditionStatus
{
    public const string False = "False";
    public const string True = "True";
    public const string Unknown = "Unknown";
}
