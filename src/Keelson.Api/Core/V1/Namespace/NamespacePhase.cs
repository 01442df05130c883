namespace Keelson.Api.Core.V1;

/// <summary>The values of NamespacePhase.</summary>
public static class NamespacePhase
{
    public const string Active = "Active";
    public const string Terminating = "Terminating";
}
