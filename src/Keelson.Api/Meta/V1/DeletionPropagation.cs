namespace Keelson.Api.Meta.V1;

/// <summary>The values of DeletionPropagation.</summary>
public static class DeletionPropagation
{
    public const string Background = "Background";
    public const string Foreground = "Foreground";
    public const string Orphan = "Orphan";
}
