using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

public sealed partial record Ingress
{
    private const int HostsShown = 3;

    /// <inheritdoc/>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn,
        TableColumn.Text("Class", "The ingress class that implements this ingress."),
        TableColumn.Text("Hosts", "The hosts that the rules answer for."),
        TableColumn.Text("Address", "Where the load balancer is reached."),
        TableColumn.Text("Ports", "The ports that it listens on."),
        TableColumn.AgeColumn,
    ];

    /// <inheritdoc/>
    public static object?[] Cells(Ingress obj, TableContext context) =>
    [
        obj.Metadata.Name,
        obj.Spec.IngressClassName ?? "<none>",
        Hosts(obj.Spec.Rules),
        Addresses(obj.Status.LoadBalancer.Ingress),
        obj.Spec.Tls.Count > 0 ? "80, 443" : "80",
        context.Age(obj.Metadata.CreationTimestamp),
    ];

    private static string Hosts(ApiList<IngressRule> rules)
    {
        // The first three hosts, then how many rules are left once three hosts are shown.
        List<string> shown = [];
        bool more = false;
        foreach (IngressRule rule in rules)
        {
            more |= shown.Count == HostsShown;
            if (!more && rule.Host.Length > 0)
            {
                shown.Add(rule.Host);
            }
        }

        string hosts = shown.Count == 0 ? "*" : string.Join(",", shown);
        return more ? $"{hosts} + {rules.Count - HostsShown} more..." : hosts;
    }

    private static string Addresses(ApiList<IngressLoadBalancerIngress> ingress) => string.Join(
        ",",
        ingress.Select(one => one.Ip.Length > 0 ? one.Ip : one.Hostname)
            .Where(one => one.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
}
