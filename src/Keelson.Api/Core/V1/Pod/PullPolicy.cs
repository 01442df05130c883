namespace Keelson.Api.Core.V1;

/// <summary>The values of PullPolicy.</summary>
public static class PullPolicy
{
    public const string Always = "Always";
    public const string IfNotPresent = "IfNotPresent";
    public const string Never = "Never";
}
