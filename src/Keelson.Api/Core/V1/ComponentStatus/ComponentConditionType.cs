namespace Keelson.Api.Core.V1;

/// <summary>The values of ComponentConditionType.</summary>
public static class ComponentConditionType
{
    public const string Healthy = "Healthy";
}
