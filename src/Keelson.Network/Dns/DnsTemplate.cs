using System.Net;

namespace Keelson.Network.Dns;

/// <summary>A section's record of a template.</summary>
/// <param name="Section">Its section: <c>answer</c>, <c>additional</c>, <c>authority</c>.</param>
/// <param name="Text">What was written.</param>
/// <param name="Template">The same, read.</param>
internal sealed record DnsTemplateRecord(string Section, string Text, GoTemplate Template);

/// <summary>Answers that follow from the question: CoreDNS' plugin template.</summary>
internal sealed record DnsTemplate
{
    private static readonly GoPattern Everything = GoPattern.Parse(".*");

    /// <summary>The type of records that it answers for; <see cref="DnsType.Any"/> for all.</summary>
    public required ushort Type { get; init; }

    /// <summary>The domains that it answers for.</summary>
    public required IReadOnlyList<string> Zones { get; init; }

    /// <summary>The names that it answers for.</summary>
    public IReadOnlyList<GoPattern> Patterns { get; init; } = [Everything];

    public IReadOnlyList<DnsTemplateRecord> Records { get; init; } = [];

    public int Code { get; init; }

    /// <summary>The domains in which names that no pattern finds are looked for elsewhere; null for nowhere.</summary>
    public IReadOnlyList<string>? FallsThrough { get; init; }

    /// <summary>Answers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type.</param>
    /// <param name="client">Who asks; null when nobody knows.</param>
    /// <param name="metrics">Where it is counted.</param>
    /// <returns>The answer; null when the name is to be looked for elsewhere.</returns>
    public DnsAnswer? Answer(string name, ushort type, IPAddress? client, DnsMetrics metrics)
    {
        if ((Type != DnsType.Any && type != DnsType.Any && type != Type)
            || DnsSettings.LongestOf(Zones, name) is not { } zone)
        {
            return null;
        }

        foreach (GoPattern pattern in Patterns)
        {
            if (pattern.Match(name + ".") is { } groups)
            {
                string labels = $"class=\"IN\",{DnsMetrics.Server},type=\"{DnsNames.Of(Type)}\",view=\"\","
                    + $"zone=\"{zone}.\"";
                metrics.Count("coredns_template_matches_total", labels);
                return Code == DnsCode.ServerFailure
                    ? DnsAnswer.Of(Code)
                    : Filled(Fields(zone, name, type, client, pattern, groups), labels, metrics);
            }
        }

        return FallsThrough is { } zones && DnsSettings.LongestOf(zones, name) is not null
            ? null
            : DnsAnswer.Of(DnsCode.ServerFailure);
    }

    private DnsAnswer Filled(Dictionary<string, object> fields, string labels, DnsMetrics metrics)
    {
        Dictionary<string, List<DnsRecord>> sections =
            new() { ["answer"] = [], ["additional"] = [], ["authority"] = [] };
        DnsRecordText reader = new("", 3600);
        foreach (DnsTemplateRecord one in Records)
        {
            string failure = "coredns_template_template_failures_total";
            try
            {
                string text = one.Template.Fill(fields);
                failure = "coredns_template_rr_failures_total";
                sections[one.Section].Add(reader.Read(text));
            }
            catch (FormatException)
            {
                metrics.Count(failure, labels.Replace(",type=", $",section=\"{one.Section}\",template=\""
                    + one.Text.Replace("\\", "\\\\", StringComparison.Ordinal)
                        .Replace("\"", "\\\"", StringComparison.Ordinal) + "\",type=", StringComparison.Ordinal));
                return DnsAnswer.Of(DnsCode.ServerFailure);
            }
        }

        List<DnsRecord> answers = sections["answer"];
        return new()
        {
            Code = Code,
            IsAuthoritative = true,
            Records = answers,
            Authority = sections["authority"],
            Additional = sections["additional"],
            Elsewhere = answers is [{ Type: DnsType.Cname, Target: var target }]
                && (string)fields["Type"] is "A" or "AAAA" ? target : null,
        };
    }

    private static Dictionary<string, object> Fields(
        string zone, string name, ushort type, IPAddress? client, GoPattern pattern, IReadOnlyList<string> groups)
    {
        Dictionary<string, string> byName = new(StringComparer.Ordinal);
        for (int i = 0; i < groups.Count; i++)
        {
            byName[$"{i}"] = groups[i];
            if (i > 0 && i <= pattern.Names.Count && pattern.Names[i - 1].Length > 0)
            {
                byName[pattern.Names[i - 1]] = groups[i];
            }
        }

        return new(StringComparer.Ordinal)
        {
            ["Zone"] = zone + ".",
            ["Name"] = name + ".",
            ["Class"] = "IN",
            ["Type"] = DnsNames.Of(type),
            ["Match"] = groups,
            ["Group"] = byName,
            ["Remote"] = client?.ToString() ?? "",
            ["Question"] = new Dictionary<string, string>
            {
                ["Name"] = name + ".", ["Qtype"] = $"{type}", ["Qclass"] = "1",
            },
        };
    }
}
