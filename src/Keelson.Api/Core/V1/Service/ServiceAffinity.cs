namespace Keelson.Api.Core.V1;

/// <summary>The values of ServiceAffinity.</summary>
public static class ServiceAffinity
{
    public const string ClientIP = "ClientIP";
    public const string None = "None";
}
