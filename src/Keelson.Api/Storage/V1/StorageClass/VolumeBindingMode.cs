namespace Keelson.Api.Storage.V1;

/// <summary>The values of VolumeBindingMode.</summary>
public static class VolumeBindingMode
{
    public const string Immediate = "Immediate";
    public const string WaitForFirstConsumer = "WaitForFirstConsumer";
}
