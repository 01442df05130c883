namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of ParameterNotFoundActionType.</summary>
public static class ParameterNotFoundActionType
{
    public const string Allow = "Allow";
    public const string Deny = "Deny";
}
