namespace Keelson.Api.Certificates.V1;

/// <summary>The values of RequestConditionType.</summary>
public static class RequestConditionType
{
    public const string Approved = "Approved";
    public const string Denied = "Denied";
    public const string Failed = "Failed";
}
