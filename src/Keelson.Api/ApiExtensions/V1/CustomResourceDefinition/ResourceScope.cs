namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The values of ResourceScope.</summary>
public static class ResourceScope
{
    public const string Cluster = "Cluster";
    public const string Namespaced = "Namespaced";
}
