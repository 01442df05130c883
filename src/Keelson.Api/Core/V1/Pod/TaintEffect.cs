namespace Keelson.Api.Core.V1;

/// <summary>The values of TaintEffect.</summary>
public static class TaintEffect
{
    public const string NoExecute = "NoExecute";
    public const string NoSchedule = "NoSchedule";
    public const string PreferNoSchedule = "PreferNoSchedule";
}
