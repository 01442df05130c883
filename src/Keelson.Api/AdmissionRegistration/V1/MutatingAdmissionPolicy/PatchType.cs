namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of PatchType.</summary>
public static class PatchType
{
    public const string ApplyConfiguration = "ApplyConfiguration";
    public const string JSONPatch = "JSONPatch";
}
