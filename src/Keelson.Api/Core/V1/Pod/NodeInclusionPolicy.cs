namespace Keelson.Api.Core.V1;

/// <summary>The values of NodeInclusionPolicy.</summary>
public static class NodeInclusionPolicy
{
    public const string Honor = "Honor";
    public const string Ignore = "Ignore";
}
