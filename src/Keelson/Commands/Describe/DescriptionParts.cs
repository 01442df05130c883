using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe;

/// <summary>What the descriptions of several kinds have in common.</summary>
internal static class DescriptionParts
{
    private const int LongestAnnotation = 140;
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Name and namespace.</summary>
    public static void Names(this Description text, ObjectTree obj)
    {
        text.Line($"Name:\t{obj.Name()}");
        text.Line($"Namespace:\t{obj.Namespace()}");
    }

    /// <summary>Labels and annotations.</summary>
    public static void Notes(this Description text, ObjectTree obj)
    {
        text.Pairs("Labels", obj.Pairs("metadata", "labels"));
        text.Annotations("Annotations", obj.Pairs("metadata", "annotations"));
    }

    /// <summary>Names with values, a line each.</summary>
    public static void Pairs(
        this Description text, string title, IReadOnlyList<KeyValuePair<string, string>> pairs, string indent = "") =>
        text.Lines($"{indent}{title}", [.. pairs.Select(pair => $"{pair.Key}={pair.Value}")], indent);

    /// <summary>A title with a value on each line.</summary>
    public static void Lines(this Description text, string title, IReadOnlyList<string> lines, string indent = "")
    {
        text.Write(0, $"{title}:\t");
        if (lines.Count == 0)
        {
            text.Line("<none>");
        }

        foreach ((int index, string line) in lines.Index())
        {
            text.Write(0, (index == 0 ? "" : indent + "\t") + line + "\n");
        }
    }

    /// <summary>Annotations: long ones below their names, cut.</summary>
    public static void Annotations(
        this Description text, string title, IReadOnlyList<KeyValuePair<string, string>> annotations)
    {
        List<KeyValuePair<string, string>> shown = [.. annotations.Where(one => one.Key != LastApplied)];
        text.Write(0, $"{title}:\t");
        if (shown.Count == 0)
        {
            text.Line("<none>");
        }

        foreach ((int index, (string key, string raw)) in shown.Index())
        {
            text.Write(0, index == 0 ? "" : "\t");
            string value = raw.EndsWith('\n') ? raw[..^1] : raw;
            if (value.Length + key.Length + 2 <= LongestAnnotation && !value.Contains('\n'))
            {
                text.Line($"{key}: {value}");
                continue;
            }

            text.Line($"{key}:");
            foreach (string line in value.Split('\n'))
            {
                string cut = line.Length > LongestAnnotation - 2 ? line[..(LongestAnnotation - 2)] + "..." : line;
                text.Line($"\t  {cut}");
            }
        }
    }

    /// <summary>The controller that the object belongs to, if there is one.</summary>
    public static void ControlledBy(this Description text, ObjectTree obj)
    {
        if (obj.Controller() is { } owner)
        {
            text.Line($"Controlled By:\t{owner.Kind()}/{owner.TextAt("name")}");
        }
    }

    public static void Tolerations(
        this Description text, string title, IReadOnlyList<ObjectTree> tolerations, string indent = "") =>
        text.Lines(
            indent + title,
            [.. tolerations.OrderBy(one => one.TextAt("key"), StringComparer.Ordinal).Select(TolerationText)],
            indent);

    public static void TopologySpread(this Description text, IReadOnlyList<ObjectTree> constraints, string indent)
    {
        if (constraints.Count > 0)
        {
            text.Lines(
                $"{indent}Topology Spread Constraints",
                [.. constraints.OrderBy(one => one.TextAt("topologyKey"), StringComparer.Ordinal).Select(SpreadText)],
                indent);
        }
    }

    /// <summary><c>a=b,c in (d,e)</c>; <c>&lt;none&gt;</c> for a selector of everything.</summary>
    public static string SelectorText(ObjectTree? selector)
    {
        if (selector is null)
        {
            return "<none>";
        }

        List<(string Key, string Text)> parts =
            [.. selector.Pairs("matchLabels").Select(pair => (pair.Key, $"{pair.Key}={pair.Value}"))];
        foreach (ObjectTree one in selector.Objects("matchExpressions"))
        {
            string key = one.TextAt("key");
            string values = $"({string.Join(',', one.Texts("values").Order(StringComparer.Ordinal))})";
            parts.Add((key, one.TextAt("operator") switch
            {
                "In" => $"{key} in {values}",
                "NotIn" => $"{key} notin {values}",
                "Exists" => key,
                _ => "!" + key,
            }));
        }

        string joined = string.Join(',', parts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Text));
        return joined.Length > 0 ? joined : "<none>";
    }

    /// <summary><c>a=b,c=d</c>, or that there is none.</summary>
    public static string LabelText(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        labels.Count == 0 ? "<none>" : string.Join(',', labels.Select(one => $"{one.Key}={one.Value}"));

    public static string YesNo(bool value) => value ? "True" : "False";

    /// <summary>How many pods are in which phase.</summary>
    public static async Task<string> PodStatusAsync(ObjectTree owner, ObjectTree? selector, DescribeContext context)
    {
        if (selector is null)
        {
            return "0 Running / 0 Waiting / 0 Succeeded / 0 Failed";
        }

        string query = "labelSelector=" + Uri.EscapeDataString(SelectorText(selector));
        IReadOnlyList<ObjectTree> pods = await context.ListAsync($"/api/v1/namespaces/{owner.Namespace()}/pods", query);
        string uid = owner.TextAt("metadata", "uid");
        ILookup<string, ObjectTree> phases = pods.Where(pod => pod.Controller()?.TextAt("uid") == uid)
            .ToLookup(pod => pod.TextAt("status", "phase"));
        return $"{phases["Running"].Count()} Running / {phases["Pending"].Count()} Waiting / "
            + $"{phases["Succeeded"].Count()} Succeeded / {phases["Failed"].Count()} Failed";
    }

    /// <summary>A list in Go's brackets: <c>[a b]</c>.</summary>
    public static string GoList(IEnumerable<string> items) => $"[{string.Join(' ', items)}]";

    /// <summary><c>RWO,ROX</c>.</summary>
    public static string AccessModes(IEnumerable<string> modes) =>
        string.Join(',', modes.Distinct().Select(mode => mode switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => mode,
    }));

    private static string TolerationText(ObjectTree toleration)
    {
        string key = toleration.TextAt("key");
        string value = toleration.TextAt("value");
        string effect = toleration.TextAt("effect");
        string text = key + (value.Length > 0 ? "=" + value : "") + (effect.Length > 0 ? ":" + effect : "");
        if (toleration.TextAt("operator") == "Exists" && value.Length == 0)
        {
            text += text.Length > 0 ? " op=Exists" : "op=Exists";
        }

        return toleration.Number("tolerationSeconds") is { } seconds ? $"{text} for {seconds}s" : text;
    }

    private static string SpreadText(ObjectTree constraint)
    {
        string text = $"{constraint.TextAt("topologyKey")}:{constraint.TextAt("whenUnsatisfiable")} when max skew "
            + $"{constraint.Number("maxSkew")} is exceeded";
        return constraint.Node("labelSelector") is { } selector ? $"{text} for selector {SelectorText(selector)}"
            : text;
    }
}
