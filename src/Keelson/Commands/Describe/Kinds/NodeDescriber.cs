using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Nodes, with the pods on them and what these take.</summary>
internal static class NodeDescriber
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string Unset = "<unset>";
    private static readonly string[] Always = ["cpu", "memory", "ephemeral-storage"];

    public static async Task DescribeAsync(ObjectTree node, Description text, DescribeContext context)
    {
        text.Line($"Name:\t{node.Name()}");
        string roles = string.Join(',', Roles(node));
        text.Line($"Roles:\t{(roles.Length > 0 ? roles : "<none>")}");
        text.Notes(node);
        text.Line($"CreationTimestamp:\t{context.Date(node.Instant("metadata", "creationTimestamp"))}");
        text.Lines("Taints", [.. node.Objects("spec", "taints").Select(TaintText)
            .OrderBy(one => one.Split(':')[^1], StringComparer.Ordinal).ThenBy(one => one, StringComparer.Ordinal)]);
        text.Line($"Unschedulable:\t{(node.Truth("spec", "unschedulable") ? "true" : "false")}");
        await WriteLeaseAsync(node, text, context);
        WriteConditions(node, text, context);
        text.Line("Addresses:");
        foreach (ObjectTree address in node.Objects("status", "addresses"))
        {
            text.Write(1, $"{address.TextAt("type")}:\t{address.TextAt("address")}\n");
        }

        WriteAmounts("Capacity", node.Pairs("status", "capacity"), text);
        WriteAmounts("Allocatable", node.Pairs("status", "allocatable"), text);
        WriteSystem(node, text);
        string selector = $"spec.nodeName={node.Name()},status.phase!=Failed,status.phase!=Succeeded";
        IReadOnlyList<ObjectTree> pods = await context.ListAsync(
            "/api/v1/pods", "fieldSelector=" + Uri.EscapeDataString(selector) + "&limit=500");
        WritePods(node, pods, text, context);
        await text.EventsAsync(node, context);
    }

    private static IEnumerable<string> Roles(ObjectTree node) => node.Pairs("metadata", "labels")
        .Select(pair => pair.Key.StartsWith(RolePrefix, StringComparison.Ordinal)
            ? pair.Key[RolePrefix.Length..]
            : pair.Key == "kubernetes.io/role" ? pair.Value : "")
        .Where(role => role.Length > 0).Distinct().Order(StringComparer.Ordinal);

    private static string TaintText(ObjectTree taint)
    {
        string value = taint.TextAt("value");
        return $"{taint.TextAt("key")}{(value.Length > 0 ? "=" + value : "")}:{taint.TextAt("effect")}";
    }

    private static async Task WriteLeaseAsync(ObjectTree node, Description text, DescribeContext context)
    {
        try
        {
            ObjectTree lease = await context.Cluster.GetAsync(
                $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node.Name()}", context.Cancellation);
            text.Line("Lease:");
            string holder = lease.TextAt("spec", "holderIdentity");
            text.Write(1, $"HolderIdentity:\t{(holder.Length > 0 ? holder : Unset)}\n");
            text.Write(1, $"AcquireTime:\t{DateOf(lease.Instant("spec", "acquireTime"), context)}\n");
            text.Write(1, $"RenewTime:\t{DateOf(lease.Instant("spec", "renewTime"), context)}\n");
        }
        catch (ApiFailure failure)
        {
            text.Line($"Lease:\tFailed to get lease: {failure.Message}");
        }
    }

    private static string DateOf(DateTimeOffset? instant, DescribeContext context) =>
        instant is null ? Unset : context.Date(instant);

    private static void WriteConditions(ObjectTree node, Description text, DescribeContext context)
    {
        IReadOnlyList<ObjectTree> conditions = node.Objects("status", "conditions");
        if (conditions.Count == 0)
        {
            return;
        }

        text.Write(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n");
        text.Write(1, "----\t------\t-----------------\t------------------\t------\t-------\n");
        foreach (ObjectTree one in conditions)
        {
            text.Write(1,
                $"{one.TextAt("type")} \t{one.TextAt("status")} \t{context.Date(one.Instant("lastHeartbeatTime"))} \t"
                + $"{context.Date(one.Instant("lastTransitionTime"))} \t{one.TextAt("reason")} "
                + $"\t{one.TextAt("message")}\n");
        }
    }

    private static void WriteAmounts(
        string title, IReadOnlyList<KeyValuePair<string, string>> amounts, Description text)
    {
        if (amounts.Count > 0)
        {
            text.Line($"{title}:");
        }

        foreach ((string name, string amount) in amounts)
        {
            text.Write(1, $"{name}:\t{amount}\n");
        }
    }

    private static void WriteSystem(ObjectTree node, Description text)
    {
        ObjectTree info = node.Node("status", "nodeInfo") ?? new ObjectTree();
        text.Line("System Info:");
        text.Line($"  Machine ID:\t{info.TextAt("machineID")}");
        text.Line($"  System UUID:\t{info.TextAt("systemUUID")}");
        text.Line($"  Boot ID:\t{info.TextAt("bootID")}");
        text.Line($"  Kernel Version:\t{info.TextAt("kernelVersion")}");
        text.Line($"  OS Image:\t{info.TextAt("osImage")}");
        text.Line($"  Operating System:\t{info.TextAt("operatingSystem")}");
        text.Line($"  Architecture:\t{info.TextAt("architecture")}");
        text.Line($"  Container Runtime Version:\t{info.TextAt("containerRuntimeVersion")}");
        text.Line($"  Kubelet Version:\t{info.TextAt("kubeletVersion")}");
        text.Line($"  Kube-Proxy Version:\t{info.TextAt("kubeProxyVersion")}");
        WriteIfThere("PodCIDR", node.TextAt("spec", "podCIDR"));
        WriteIfThere("PodCIDRs", string.Join(',', node.Texts("spec", "podCIDRs")));
        WriteIfThere("ProviderID", node.TextAt("spec", "providerID"));

        void WriteIfThere(string title, string value) => text.Write(0, value.Length > 0 ? $"{title}:\t{value}\n" : "");
    }

    private static void WritePods(
        ObjectTree node, IReadOnlyList<ObjectTree> pods, Description text, DescribeContext context)
    {
        ObjectTree allocatable = node.Node("status", "allocatable") is { Count: > 0 } given
            ? given
            : node.Node("status", "capacity") ?? new ObjectTree();
        text.Line($"Non-terminated Pods:\t({pods.Count} in total)");
        text.Write(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n");
        text.Write(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n");
        Dictionary<string, Quantity> requests = new(StringComparer.Ordinal);
        Dictionary<string, Quantity> limits = new(StringComparer.Ordinal);
        foreach (ObjectTree pod in pods)
        {
            Dictionary<string, Quantity> ofRequests = PodAmounts.Of(pod, "requests");
            Dictionary<string, Quantity> ofLimits = PodAmounts.Of(pod, "limits");
            PodAmounts.Add(requests, ofRequests);
            PodAmounts.Add(limits, ofLimits);
            string cells = $"{Share(ofRequests, "cpu", allocatable)}\t{Share(ofLimits, "cpu", allocatable)}\t"
                + $"{Share(ofRequests, "memory", allocatable)}\t{Share(ofLimits, "memory", allocatable)}";
            text.Write(1, $"{pod.Namespace()}\t{pod.Name()}\t\t{cells}\t"
                + $"{context.Since(pod.Instant("metadata", "creationTimestamp"))}\n");
        }

        text.Write(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n");
        text.Write(1, "Resource\tRequests\tLimits\n");
        text.Write(1, "--------\t--------\t------\n");
        foreach (string name in Always.Concat(Extra(allocatable, isHuge: true)))
        {
            text.Write(1, $"{name}\t{Share(requests, name, allocatable)}\t{Share(limits, name, allocatable)}\n");
        }

        foreach (string name in Extra(allocatable, isHuge: false))
        {
            text.Write(1, $"{name}\t{requests.GetValueOrDefault(name)}\t{limits.GetValueOrDefault(name)}\n");
        }
    }

    private static IEnumerable<string> Extra(ObjectTree allocatable, bool isHuge) =>
        allocatable.Pairs().Select(pair => pair.Key).Where(name => name != "pods" && !Always.Contains(name)
            && name.StartsWith("hugepages-", StringComparison.Ordinal) == isHuge);

    private static string Share(Dictionary<string, Quantity> amounts, string name, ObjectTree allocatable)
    {
        Quantity amount = amounts.GetValueOrDefault(name);
        Quantity all = allocatable.Amount(name) ?? default;
        double share = all.IsZero ? 0
            : name == "cpu" ? (double)amount.MilliValue / all.MilliValue * 100 : (double)amount.Value / all.Value * 100;
        return $"{amount} ({(long)share}%)";
    }
}
