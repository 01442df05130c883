namespace Keelson.Api.Core.V1;

/// <summary>The values of IPFamilyPolicy.</summary>
public static class IPFamilyPolicy
{
    public const string PreferDualStack = "PreferDualStack";
    public const string RequireDualStack = "RequireDualStack";
    public const string SingleStack = "SingleStack";
}
