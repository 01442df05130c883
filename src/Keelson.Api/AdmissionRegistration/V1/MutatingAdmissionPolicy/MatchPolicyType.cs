namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of MatchPolicyType.</summary>
public static class MatchPolicyType
{
    public const string Equivalent = "Equivalent";
    public const string Exact = "Exact";
}
