namespace Keelson.Api.Core.V1;

/// <summary>The values of PodSELinuxChangePolicy.</summary>
public static class PodSELinuxChangePolicy
{
    public const string MountOption = "MountOption";
    public const string Recursive = "Recursive";
}
