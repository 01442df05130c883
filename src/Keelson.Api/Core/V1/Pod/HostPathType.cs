namespace Keelson.Api.Core.V1;

/// <summary>The values of HostPathType.</summary>
public static class HostPathType
{
    public const string None = "";
    public const string BlockDevice = "BlockDevice";
    public const string CharDevice = "CharDevice";
    public const string Directory = "Directory";
    public const string DirectoryOrCreate = "DirectoryOrCreate";
    public const string File = "File";
    public const string FileOrCreate = "FileOrCreate";
    public const string Socket = "Socket";
}
