namespace Keelson.Api.FlowControl.V1;

/// <summary>The values of PriorityLevelEnablement.</summary>
public static class PriorityLevelEnablement
{
    public const string Exempt = "Exempt";
    public const string Limited = "Limited";
}
