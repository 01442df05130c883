using Keelson.Machinery.Validation;

namespace Keelson.Api.Kinds;

/// <summary>The ways names of objects are checked. A generateName prefix may end in a dash, since a suffix follows.</summary>
public static class NameRules
{
    /// <summary>Labels joined by dots: the rule of most kinds.</summary>
    public static IEnumerable<string> DnsSubdomain(string name, bool isPrefix) => ContentRules.Dns1123Subdomain(MaskTrailingDash(name, isPrefix));

    /// <summary>A single label that may begin with a digit: namespaces.</summary>
    public static IEnumerable<string> DnsLabel(string name, bool isPrefix) => ContentRules.Dns1123Label(MaskTrailingDash(name, isPrefix));

    /// <summary>A single label that begins with a letter: services.</summary>
    public static IEnumerable<string> Dns1035Label(string name, bool isPrefix) => ContentRules.Dns1035Label(MaskTrailingDash(name, isPrefix));

    /// <summary>Whatever can be one segment of a path: RBAC.</summary>
    public static IEnumerable<string> PathSegment(string name, bool isPrefix) =>
        isPrefix ? ContentRules.PathSegmentPrefix(name) : ContentRules.PathSegment(name);

    private static string MaskTrailingDash(string name, bool isPrefix) =>
        isPrefix && name.Length > 1 && name[^1] == '-' ? name[..^2] + "a" : name;
}
