namespace Keelson.Api.Resource.V1;

/// <summary>The values of DeviceTolerationOperator.</summary>
public static class DeviceTolerationOperator
{
    public const string Equal = "Equal";
    public const string Exists = "Exists";
}
