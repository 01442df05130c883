namespace Keelson.Api.Core.V1;

/// <summary>The values of PersistentVolumeClaimConditionType.</summary>
public static class PersistentVolumeClaimConditionType
{
    public const string ControllerResizeError = "ControllerResizeError";
    public const string FileSystemResizePending = "FileSystemResizePending";
    public const string ModifyVolumeError = "ModifyVolumeError";
    public const string ModifyingVolume = "ModifyingVolume";
    public const string NodeResizeError = "NodeResizeError";
    public const string Resizing = "Resizing";
    public const string Unused = "Unused";
}
