using System.Net;

namespace Keelson.Network.Dns;

/// <summary>What becomes of a question that a rule is about.</summary>
internal enum DnsAccessAction
{
    /// <summary>It is answered.</summary>
    Allow,

    /// <summary>It is refused.</summary>
    Block,

    /// <summary>It gets an answer without records.</summary>
    Filter,

    /// <summary>It gets no answer.</summary>
    Drop,
}

/// <summary>A line of a rule.</summary>
/// <param name="Action">What becomes of the question.</param>
/// <param name="Types">The types of records; none for all.</param>
/// <param name="Sources">Who asks; none for everybody.</param>
internal sealed record DnsAccessPolicy(
    DnsAccessAction Action, IReadOnlySet<ushort> Types, IReadOnlyList<AddressRange> Sources)
{
    public bool IsAbout(ushort type, IPAddress client) => (Types.Count == 0 || Types.Contains(type))
        && (Sources.Count == 0 || Sources.Any(one => one.Contains(client)));
}

/// <summary>Who may ask: CoreDNS' plugin acl.</summary>
/// <param name="Zones">The domains that it is about.</param>
/// <param name="Policies">The first that is about a question decides.</param>
internal sealed record DnsAccess(IReadOnlyList<string> Zones, IReadOnlyList<DnsAccessPolicy> Policies)
{
    /// <summary>What becomes of a question.</summary>
    public static DnsAccessAction Decide(
        IReadOnlyList<DnsAccess> rules, string name, ushort type, IPAddress client, DnsMetrics metrics)
    {
        foreach (DnsAccess rule in rules)
        {
            if (DnsSettings.LongestOf(rule.Zones, name) is not { } zone
                || rule.Policies.FirstOrDefault(one => one.IsAbout(type, client)) is not { } policy)
            {
                continue;
            }

            if (policy.Action == DnsAccessAction.Allow)
            {
                break;
            }

            string what = policy.Action switch
            {
                DnsAccessAction.Block => "blocked",
                DnsAccessAction.Filter => "filtered",
                _ => "dropped",
            };
            metrics.Count(
                $"coredns_acl_{what}_requests_total", $"{DnsMetrics.Server},view=\"\",zone=\"{zone}.\"");
            return policy.Action;
        }

        metrics.Count("coredns_acl_allowed_requests_total", DnsMetrics.Server + ",view=\"\"");
        return DnsAccessAction.Allow;
    }
}
