namespace Keelson.Api.Core.V1;

/// <summary>The values of DNSPolicy.</summary>
public static class DNSPolicy
{
    public const string ClusterFirst = "ClusterFirst";
    public const string ClusterFirstWithHostNet = "ClusterFirstWithHostNet";
    public const string Default = "Default";
    public const string None = "None";
}
