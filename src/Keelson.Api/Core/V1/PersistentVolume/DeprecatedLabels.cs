namespace Keelson.Api.Core.V1;

/// <summary>Labels of nodes that others have replaced.</summary>
internal static class DeprecatedLabels
{
    private static readonly Dictionary<string, (string Since, string Successor)> Labels = new()
    {
        ["beta.kubernetes.io/arch"] = ("v1.14", "kubernetes.io/arch"),
        ["beta.kubernetes.io/os"] = ("v1.14", "kubernetes.io/os"),
        ["failure-domain.beta.kubernetes.io/region"] = ("v1.17", "topology.kubernetes.io/region"),
        ["failure-domain.beta.kubernetes.io/zone"] = ("v1.17", "topology.kubernetes.io/zone"),
        ["beta.kubernetes.io/instance-type"] = ("v1.17", "node.kubernetes.io/instance-type"),
    };

    /// <summary><c>deprecated since v1.14; use "kubernetes.io/os" instead</c>, or null for a label in use.</summary>
    public static string? Advice(string label) =>
        Labels.TryGetValue(label, out (string Since, string Successor) entry)
            ? $"deprecated since {entry.Since}; use \"{entry.Successor}\" instead"
            : null;

    /// <summary>True when <paramref name="successor"/> has replaced the label.</summary>
    public static bool IsReplacedBy(string label, string successor) =>
        Labels.TryGetValue(label, out (string Since, string Successor) entry) && entry.Successor == successor;
}
