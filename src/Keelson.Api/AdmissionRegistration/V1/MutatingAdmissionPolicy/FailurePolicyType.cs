namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of FailurePolicyType.</summary>
public static class FailurePolicyType
{
    public const string Fail = "Fail";
    public const string Ignore = "Ignore";
}
