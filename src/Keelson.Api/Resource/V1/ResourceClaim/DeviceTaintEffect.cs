namespace Keelson.Api.Resource.V1;

/// <summary>The values of DeviceTaintEffect.</summary>
public static class DeviceTaintEffect
{
    public const string NoExecute = "NoExecute";
    public const string NoSchedule = "NoSchedule";
    public const string None = "None";
}
