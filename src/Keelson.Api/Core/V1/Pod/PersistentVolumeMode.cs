namespace Keelson.Api.Core.V1;

/// <summary>The values of PersistentVolumeMode.</summary>
public static class PersistentVolumeMode
{
    public const string Block = "Block";
    public const string Filesystem = "Filesystem";
}
