namespace Keelson.Api.Core.V1;

/// <summary>The values of IPFamily.</summary>
public static class IPFamily
{
    public const string None = "";
    public const string IPv4 = "IPv4";
    public const string IPv6 = "IPv6";
}
