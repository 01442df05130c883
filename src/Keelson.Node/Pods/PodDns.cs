using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>What the resolvers of pods are told.</summary>
internal sealed class PodDns(
    IReadOnlyList<string> clusterServers, string clusterDomain, string resolverFile, EventRecorder events)
{
    private const int MostServers = 3;
    private const int MostSearches = 32;
    private const int LongestSearches = 2048;

    /// <summary>The domain of services: <c>cluster.local</c>.</summary>
    public string ClusterDomain => clusterDomain;

    /// <summary>A pod's settings.</summary>
    public Proto.DNSConfig Of(Pod pod)
    {
        Resolver host = ReadHost();
        Resolver resolver = PolicyOf(pod) switch
        {
            DNSPolicy.None => new([], [], []),
            DNSPolicy.Default => host,
            _ => Cluster(pod, host),
        };
        if (pod.Spec.DnsConfig is { } wanted)
        {
            resolver = new(
                Merge(resolver.Servers, wanted.Nameservers),
                Merge(resolver.Searches, wanted.Searches),
                MergeOptions(resolver.Options, wanted.Options));
        }

        resolver = Fit(pod, resolver);
        Proto.DNSConfig config = new();
        config.Servers.AddRange(resolver.Servers);
        config.Searches.AddRange(resolver.Searches);
        config.Options.AddRange(resolver.Options);
        return config;
    }

    private static List<string> Merge(List<string> first, ApiList<string> second)
    {
        List<string> all = [.. first];
        foreach (string one in second)
        {
            if (!all.Contains(one))
            {
                all.Add(one);
            }
        }

        return all;
    }

    private static List<string> MergeOptions(List<string> first, ApiList<PodDNSConfigOption> second)
    {
        List<string> all = [.. first];
        foreach (PodDNSConfigOption one in second)
        {
            all.RemoveAll(it => it.Split(':')[0] == one.Name);
            all.Add(one.Value is { Length: > 0 } value ? $"{one.Name}:{value}" : one.Name);
        }

        return all;
    }

    private string PolicyOf(Pod pod)
    {
        bool wantsCluster = pod.Spec.DnsPolicy == DNSPolicy.ClusterFirstWithHostNet
            || (pod.Spec.DnsPolicy == DNSPolicy.ClusterFirst && !pod.Spec.HostNetwork);
        if (wantsCluster && clusterServers.Count == 0)
        {
            events.Warning(
                pod,
                "MissingClusterDNS",
                $"pod: \"{PodNames.Text(pod)}\". kubelet does not have ClusterDNS IP configured and cannot create Pod "
                + $"using \"{pod.Spec.DnsPolicy}\" policy. Falling back to \"Default\" policy.");
            return DNSPolicy.Default;
        }

        return wantsCluster || pod.Spec.DnsPolicy == DNSPolicy.None ? pod.Spec.DnsPolicy : DNSPolicy.Default;
    }

    private Resolver Cluster(Pod pod, Resolver host)
    {
        List<string> searches = clusterDomain.Length == 0
            ? []
            : [$"{pod.Metadata.Namespace}.svc.{clusterDomain}", $"svc.{clusterDomain}", clusterDomain];
        return new([.. clusterServers], Merge(searches, host.Searches.ToApiList()), ["ndots:5"]);
    }

    private Resolver Fit(Pod pod, Resolver resolver)
    {
        List<string> servers = resolver.Servers;
        if (servers.Count > MostServers)
        {
            servers = servers[..MostServers];
            events.Warning(
                pod,
                "DNSConfigForming",
                "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
                + string.Join(' ', servers));
        }

        List<string> searches = resolver.Searches.Count > MostSearches ? resolver.Searches[..MostSearches]
            : resolver.Searches;
        while (string.Join(' ', searches).Length > LongestSearches)
        {
            searches = searches[..^1];
        }

        if (searches.Count != resolver.Searches.Count)
        {
            events.Warning(
                pod,
                "DNSConfigForming",
                "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
                + string.Join(' ', searches));
        }

        return new(servers, searches, resolver.Options);
    }

    private Resolver ReadHost()
    {
        Resolver host = new([], [], []);
        string[] lines = [];
        try
        {
            lines = resolverFile.Length > 0 ? File.ReadAllLines(resolverFile) : [];
        }
        catch (IOException)
        {
            // A node without a resolver has none to pass on.
        }

        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case "nameserver" when words.Length > 1:
                    host.Servers.Add(words[1]);
                    break;
                case "search":
                    host = host with { Searches = [.. words[1..].Where(static one => one != ".")] };
                    break;
                case "options":
                    host.Options.AddRange(words[1..]);
                    break;
            }
        }

        return host;
    }

    private sealed record Resolver(List<string> Servers, List<string> Searches, List<string> Options);
}
