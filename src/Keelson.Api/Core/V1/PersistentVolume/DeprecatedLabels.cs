using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

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
    public static string? Advice(string label) => label switch
    {
        "app.kubernetes.io/created-by" => "deprecated since v1.9",
        "scheduler.alpha.kubernetes.io/preferAvoidPods" =>
            "deprecated since v1.22; use Taints and Tolerations instead",
        "node-role.kubernetes.io/master" => "use \"node-role.kubernetes.io/control-plane\" instead",
        _ => Labels.TryGetValue(label, out (string Since, string Successor) entry)
            ? $"deprecated since {entry.Since}; use \"{entry.Successor}\" instead"
            : null,
    };

    /// <summary>Warnings about a selector of nodes by such labels.</summary>
    public static IEnumerable<string> Warnings(LabelSelector? selector, FieldPath path)
    {
        if (selector is null)
        {
            yield break;
        }

        for (int i = 0; i < selector.MatchExpressions.Count; i++)
        {
            string key = selector.MatchExpressions[i].Key;
            if (Advice(key) is { } advice)
            {
                yield return $"{path.Child("matchExpressions").Index(i).Child("key")}: {key} is {advice}";
            }
        }

        foreach (string label in selector.MatchLabels.Keys)
        {
            if (Advice(label) is { } advice)
            {
                yield return $"{path.Child("matchLabels").Child(label)}: {advice}";
            }
        }
    }

    /// <summary>True when <paramref name="successor"/> has replaced the label.</summary>
    public static bool IsReplacedBy(string label, string successor) =>
        Labels.TryGetValue(label, out (string Since, string Successor) entry) && entry.Successor == successor;
}
