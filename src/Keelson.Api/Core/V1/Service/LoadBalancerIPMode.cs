namespace Keelson.Api.Core.V1;

/// <summary>The values of LoadBalancerIPMode.</summary>
public static class LoadBalancerIPMode
{
    public const string Proxy = "Proxy";
    public const string VIP = "VIP";
}
