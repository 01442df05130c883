namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>The values of ScopeType.</summary>
public static class ScopeType
{
    public const string Empty = "*";
    public const string Cluster = "Cluster";
    public const string Namespaced = "Namespaced";
}
