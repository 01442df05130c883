namespace Keelson.Api.ApiRegistration.V1;

/// <summary>The values of APIServiceConditionType.</summary>
public static class APIServiceConditionType
{
    public const string Available = "Available";
}
