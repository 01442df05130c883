namespace Keelson.Api.Apps.V1;

/// <summary>The values of PodManagementPolicyType.</summary>
public static class PodManagementPolicyType
{
    public const string OrderedReady = "OrderedReady";
    public const string Parallel = "Parallel";
}
