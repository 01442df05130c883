namespace Keelson.Api.Core.V1;

/// <summary>The values of AzureDataDiskCachingMode.</summary>
public static class AzureDataDiskCachingMode
{
    public const string None = "None";
    public const string ReadOnly = "ReadOnly";
    public const string ReadWrite = "ReadWrite";
}
