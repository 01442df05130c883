using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Namespaces with their quotas and limits.</summary>
internal static class NamespaceDescriber
{
    private static readonly string[] Limits = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

    public static async Task DescribeAsync(ObjectTree one, Description text, DescribeContext context)
    {
        text.Line($"Name:\t{one.Name()}");
        text.Notes(one);
        text.Line($"Status:\t{one.TextAt("status", "phase")}");
        IReadOnlyList<ObjectTree> conditions = one.Objects("status", "conditions");
        if (conditions.Count > 0)
        {
            text.Write(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n");
            text.Write(1, "----\t------\t------------------\t------\t-------\n");
            foreach (ObjectTree condition in conditions)
            {
                text.Write(1, $"{condition.TextAt("type")}\t{condition.TextAt("status")}\t"
                    + $"{context.Date(condition.Instant("lastTransitionTime"))}\t{condition.TextAt("reason")}\t"
                    + $"{condition.TextAt("message")}\n");
            }
        }

        text.Write(0, "\n");
        WriteQuotas(await context.ListAsync($"/api/v1/namespaces/{one.Name()}/resourcequotas", "limit=500"), text);
        text.Write(0, "\n");
        WriteLimits(await context.ListAsync($"/api/v1/namespaces/{one.Name()}/limitranges", "limit=500"), text);
    }

    public static Task QuotaAsync(ObjectTree quota, Description text, DescribeContext context)
    {
        text.Names(quota);
        IReadOnlyList<string> scopes = quota.Texts("spec", "scopes");
        if (scopes.Count > 0)
        {
            text.Line($"Scopes:\t{string.Join(", ", scopes)}");
        }

        text.Write(0, "Resource\tUsed\tHard\n--------\t----\t----\n");
        foreach ((string name, string hard) in quota.Pairs("status", "hard"))
        {
            text.Line($"{name}\t{quota.Scalar("status", "used", name)}\t{hard}");
        }

        return Task.CompletedTask;
    }

    public static Task LimitsAsync(ObjectTree range, Description text, DescribeContext context)
    {
        text.Names(range);
        WriteLimitRows([range], text, "");
        return Task.CompletedTask;
    }

    private static void WriteQuotas(IReadOnlyList<ObjectTree> quotas, Description text)
    {
        if (quotas.Count == 0)
        {
            text.Line("No resource quota.");
            return;
        }

        text.Line("Resource Quotas");
        foreach (ObjectTree quota in quotas.OrderBy(one => one.Name(), StringComparer.Ordinal))
        {
            text.Write(1, $"Name:\t{quota.Name()}\n");
            IReadOnlyList<string> scopes = quota.Texts("spec", "scopes");
            if (scopes.Count > 0)
            {
                text.Write(0, $"  Scopes:\t{string.Join(", ", scopes)}\n");
            }

            text.Write(1, "Resource\tUsed\tHard\n");
            text.Write(1, "--------\t---\t---\n");
            foreach ((string name, string hard) in quota.Pairs("status", "hard"))
            {
                text.Write(1, $"{name}\t{quota.Scalar("status", "used", name)}\t{hard}\n");
            }
        }
    }

    private static void WriteLimits(IReadOnlyList<ObjectTree> ranges, Description text)
    {
        if (ranges.Count == 0)
        {
            text.Line("No LimitRange resource.");
            return;
        }

        text.Line("Resource Limits");
        WriteLimitRows(ranges, text, " ");
    }

    private static void WriteLimitRows(IReadOnlyList<ObjectTree> ranges, Description text, string indent)
    {
        text.Line($"{indent}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio");
        text.Line($"{indent}----\t--------\t---\t---\t---------------\t-------------\t-----------------------");
        foreach (ObjectTree limit in ranges.SelectMany(one => one.Objects("spec", "limits")))
        {
            IEnumerable<string> resources = Limits.SelectMany(field => limit.Pairs(field)).Select(pair => pair.Key)
                .Distinct().Order(StringComparer.Ordinal);
            foreach (string name in resources)
            {
                string Shown(string field) => limit.Scalar(field, name) is { Length: > 0 } amount ? amount : "-";
                text.Write(0, $"{indent}{limit.TextAt("type")}\t{name}\t{Shown("min")}\t{Shown("max")}\t"
                    + $"{Shown("defaultRequest")}\t"
                    + $"{Shown("default")}\t{Shown("maxLimitRequestRatio")}\n");
            }
        }
    }
}
