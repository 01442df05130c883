namespace Keelson.Api.Core.V1;

/// <summary>The values of SeccompProfileType.</summary>
public static class SeccompProfileType
{
    public const string Localhost = "Localhost";
    public const string RuntimeDefault = "RuntimeDefault";
    public const string Unconfined = "Unconfined";
}
