namespace Keelson.Api.Core.V1;

/// <summary>The values of ProcMountType.</summary>
public static class ProcMountType
{
    public const string Default = "Default";
    public const string Unmasked = "Unmasked";
}
