namespace Keelson.Api.Core.V1;

/// <summary>The values of AppArmorProfileType.</summary>
public static class AppArmorProfileType
{
    public const string Localhost = "Localhost";
    public const string RuntimeDefault = "RuntimeDefault";
    public const string Unconfined = "Unconfined";
}
