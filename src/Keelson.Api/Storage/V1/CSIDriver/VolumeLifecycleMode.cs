namespace Keelson.Api.Storage.V1;

/// <summary>The values of VolumeLifecycleMode.</summary>
public static class VolumeLifecycleMode
{
    public const string Ephemeral = "Ephemeral";
    public const string Persistent = "Persistent";
}
