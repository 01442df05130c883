using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>Services and ingresses.</summary>
internal static class NetworkDescribers
{
    private const int MostEndpoints = 3;

    public static async Task ServiceAsync(ObjectTree service, Description text, DescribeContext context)
    {
        IReadOnlyList<ObjectTree> slices = await SlicesAsync(service.Namespace(), service.Name(), context);
        ObjectTree spec = service.Node("spec") ?? new ObjectTree();
        text.Names(service);
        text.Notes(service);
        text.Line($"Selector:\t{DescriptionParts.LabelText(spec.Pairs("selector"))}");
        text.Line($"Type:\t{spec.TextAt("type")}");
        WriteIfThere(text, "IP Family Policy", spec.TextAt("ipFamilyPolicy"));
        text.Line($"IP Families:\t{ListOrNone(spec.Texts("ipFamilies"))}");
        text.Line($"IP:\t{spec.TextAt("clusterIP")}");
        text.Line($"IPs:\t{ListOrNone(spec.Texts("clusterIPs"))}");
        WriteIfThere(text, "External IPs", string.Join(',', spec.Texts("externalIPs")));
        WriteIfThere(text, "Desired LoadBalancer IP", spec.TextAt("loadBalancerIP"));
        WriteIfThere(
            text, "LoadBalancer Ingress",
                string.Join(", ", service.Objects("status", "loadBalancer", "ingress").Select(IngressText)));
        WriteIfThere(text, "External Name", spec.TextAt("externalName"));
        foreach (ObjectTree port in spec.Objects("ports"))
        {
            WritePort(port, slices, text);
        }

        text.Line($"Session Affinity:\t{spec.TextAt("sessionAffinity")}");
        WriteIfThere(text, "External Traffic Policy", spec.TextAt("externalTrafficPolicy"));
        WriteIfThere(text, "Internal Traffic Policy", spec.TextAt("internalTrafficPolicy"));
        WriteIfThere(text, "HealthCheck NodePort", spec.Scalar("healthCheckNodePort"));
        WriteIfThere(text, "LoadBalancer Source Ranges", string.Join(',', spec.Texts("loadBalancerSourceRanges")));
        await text.EventsAsync(service, context);
    }

    public static async Task IngressAsync(ObjectTree ingress, Description text, DescribeContext context)
    {
        ObjectTree spec = ingress.Node("spec") ?? new ObjectTree();
        text.Line($"Name:\t{ingress.Name()}");
        text.Pairs("Labels", ingress.Pairs("metadata", "labels"));
        text.Line($"Namespace:\t{ingress.Namespace()}");
        text.Line($"Address:\t"
            + string.Join(',', ingress.Objects("status", "loadBalancer", "ingress").Select(AddressText).Distinct()));
        text.Line($"Ingress Class:\t{(spec.TextAt("ingressClassName") is { Length: > 0 } named ? named : "<none>")}");
        string fallback = spec.Node("defaultBackend") is { } backend
            ? await BackendAsync(ingress.Namespace(), backend, context)
            : "<default>";
        text.Line($"Default backend:\t{fallback}");
        WriteTls(spec.Objects("tls"), text);
        await WriteRulesAsync(ingress, fallback, text, context);
        text.Annotations("Annotations", ingress.Pairs("metadata", "annotations"));
        await text.EventsAsync(ingress, context);
    }

    private static async Task WriteRulesAsync(
        ObjectTree ingress, string fallback, Description text, DescribeContext context)
    {
        text.Write(0, "Rules:\n  Host\tPath\tBackends\n");
        text.Write(1, "----\t----\t--------\n");
        List<ObjectTree> rules = [.. ingress.Objects("spec", "rules").Where(rule => rule.Node("http") is not null)];
        foreach (ObjectTree rule in rules)
        {
            text.Write(1, $"{(rule.TextAt("host") is { Length: > 0 } host ? host : "*")}\t\n");
            foreach (ObjectTree path in rule.Objects("http", "paths"))
            {
                string backend =
                    await BackendAsync(ingress.Namespace(), path.Node("backend") ?? new ObjectTree(), context);
                text.Write(2, $"\t{path.TextAt("path")} \t{backend}\n");
            }
        }

        if (rules.Count == 0)
        {
            text.Write(1, $"*\t*\t{fallback}\n");
        }
    }

    private static void WriteTls(IReadOnlyList<ObjectTree> entries, Description text)
    {
        if (entries.Count > 0)
        {
            text.Write(0, "TLS:\n");
            foreach (ObjectTree entry in entries)
            {
                string hosts = string.Join(',', entry.Texts("hosts"));
                text.Write(1, entry.TextAt("secretName") is { Length: > 0 } secret
                    ? $"{secret} terminates {hosts}\n"
                    : $"SNI routes {hosts}\n");
            }
        }
    }

    private static async Task<string> BackendAsync(string @namespace, ObjectTree backend, DescribeContext context)
    {
        if (backend.Node("resource") is { } resource)
        {
            string group = resource.Contains("apiGroup") ? resource.TextAt("apiGroup") : "<none>";
            return $"APIGroup: {group}, Kind: {resource.TextAt("kind")}, Name: {resource.TextAt("name")}";
        }

        if (backend.Node("service") is not { } named)
        {
            return "";
        }

        string name = named.TextAt("name");
        string port = named.TextAt("port", "name") is { Length: > 0 } given ? given : named.Scalar("port", "number");
        string shown = $"{name}:{(port.Length > 0 ? port : "0")}";
        try
        {
            IReadOnlyList<ObjectTree> slices = await SlicesAsync(@namespace, name, context);
            ObjectTree service = await context.Cluster.GetAsync(
                $"/api/v1/namespaces/{@namespace}/services/{name}", context.Cancellation);
            ObjectTree? match = service.Objects("spec", "ports").LastOrDefault(
                one => one.Scalar("port") == port || one.TextAt("name") == port);
            return $"{shown} ({Endpoints(slices, match?.TextAt("name") ?? "")})";
        }
        catch (ApiFailure failure)
        {
            return $"{shown} (<error: {failure.Message}>)";
        }
    }

    private static Task<IReadOnlyList<ObjectTree>> SlicesAsync(
        string @namespace, string name, DescribeContext context) =>
        context.ListAsync(
            $"/apis/discovery.k8s.io/v1/namespaces/{@namespace}/endpointslices",
            "labelSelector=" + Uri.EscapeDataString("kubernetes.io/service-name=" + name));

    private static void WritePort(ObjectTree port, IReadOnlyList<ObjectTree> slices, Description text)
    {
        string name = port.TextAt("name") is { Length: > 0 } named ? named : "<unset>";
        string protocol = port.TextAt("protocol");
        text.Line($"Port:\t{name}\t{port.Scalar("port")}/{protocol}");
        string target = port.Scalar("targetPort");
        text.Line($"TargetPort:\t{(target.Length > 0 ? target : "0")}/{protocol}");
        if (port.Number("nodePort") is > 0 and var node)
        {
            text.Line($"NodePort:\t{name}\t{node}/{protocol}");
        }

        text.Line($"Endpoints:\t{Endpoints(slices, port.TextAt("name"))}");
    }

    /// <summary>The first addresses that are ready, and how many more there are.</summary>
    private static string Endpoints(IReadOnlyList<ObjectTree> slices, string portName)
    {
        if (slices.Count == 0)
        {
            return "<none>";
        }

        List<string> all = [];
        foreach (ObjectTree slice in slices)
        {
            List<string> addresses =
            [
                .. slice.Objects("endpoints")
                    .Where(one => one.At("conditions", "ready") is not BoolTree { Value: false })
                    .Select(one => one.Texts("addresses").FirstOrDefault() ?? ""),
            ];
            IReadOnlyList<ObjectTree> ports = slice.Objects("ports");
            if (ports.Count == 0)
            {
                all.AddRange(addresses);
            }

            foreach (ObjectTree port in ports.Where(one => one.TextAt("name") == portName))
            {
                all.AddRange(addresses.Select(
                    one => one.Contains(':') ? $"[{one}]:{port.Scalar("port")}" : $"{one}:{port.Scalar("port")}"));
            }
        }

        string shown = string.Join(',', all.Take(MostEndpoints));
        return all.Count > MostEndpoints ? $"{shown} + {all.Count - MostEndpoints} more..." : shown;
    }

    private static string IngressText(ObjectTree ingress)
    {
        string mode = ingress.TextAt("ipMode");
        return AddressText(ingress) + (mode.Length > 0 ? $" ({mode})" : "");
    }

    private static string AddressText(ObjectTree ingress) =>
        ingress.TextAt("ip") is { Length: > 0 } ip ? ip : ingress.TextAt("hostname");

    private static string ListOrNone(IReadOnlyList<string> items) => items.Count == 0 ? "<none>"
        : string.Join(',', items);

    private static void WriteIfThere(Description text, string title, string value)
    {
        if (value.Length > 0)
        {
            text.Line($"{title}:\t{value}");
        }
    }
}
