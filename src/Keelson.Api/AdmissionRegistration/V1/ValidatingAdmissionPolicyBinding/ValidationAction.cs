namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of ValidationAction.</summary>
public static class ValidationAction
{
    public const string Audit = "Audit";
    public const string Deny = "Deny";
    public const string Warn = "Warn";
}
