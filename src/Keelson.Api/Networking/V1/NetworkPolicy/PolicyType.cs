namespace Keelson.Api.Networking.V1;

/// <summary>The values of PolicyType.</summary>
public static class PolicyType
{
    public const string Egress = "Egress";
    public const string Ingress = "Ingress";
}
