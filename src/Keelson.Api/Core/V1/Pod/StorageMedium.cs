namespace Keelson.Api.Core.V1;

/// <summary>The values of StorageMedium.</summary>
public static class StorageMedium
{
    public const string None = "";
    public const string HugePages = "HugePages";
    public const string Memory = "Memory";
}
