namespace Keelson.Api.Core.V1;

/// <summary>The values of AzureDataDiskKind.</summary>
public static class AzureDataDiskKind
{
    public const string Dedicated = "Dedicated";
    public const string Managed = "Managed";
    public const string Shared = "Shared";
}
