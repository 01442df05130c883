namespace Keelson.Api.Meta.V1;

/// <summary>The values of ResourceVersionMatch.</summary>
public static class ResourceVersionMatch
{
    public const string Exact = "Exact";
    public const string NotOlderThan = "NotOlderThan";
}
