namespace Keelson.Api.Core.V1;

/// <summary>The values of TolerationOperator.</summary>
public static class TolerationOperator
{
    public const string Equal = "Equal";
    public const string Exists = "Exists";
    public const string Gt = "Gt";
    public const string Lt = "Lt";
}
