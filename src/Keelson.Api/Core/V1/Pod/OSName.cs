namespace Keelson.Api.Core.V1;

/// <summary>The values of OSName.</summary>
public static class OSName
{
    public const string Linux = "linux";
    public const string Windows = "windows";
}
