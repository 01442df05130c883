namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of ReinvocationPolicyType.</summary>
public static class ReinvocationPolicyType
{
    public const string IfNeeded = "IfNeeded";
    public const string Never = "Never";
}
