namespace Keelson.Api.Core.V1;

/// <summary>The values of PodFSGroupChangePolicy.</summary>
public static class PodFSGroupChangePolicy
{
    public const string Always = "Always";
    public const string OnRootMismatch = "OnRootMismatch";
}
