namespace Keelson.Api.Core.V1;

/// <summary>The values of PreemptionPolicy.</summary>
public static class PreemptionPolicy
{
    public const string Never = "Never";
    public const string PreemptLowerPriority = "PreemptLowerPriority";
}
