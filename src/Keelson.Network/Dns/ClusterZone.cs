using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Client.Informers;

namespace Keelson.Network.Dns;

/// <summary>What a name of the cluster stands for, whatever type is asked for.</summary>
/// <param name="Name">The name that records of services lead to.</param>
/// <param name="Address">The address; null for an alias.</param>
internal readonly record struct ZoneEntry(string Name, IPAddress? Address)
{
    /// <summary>The port; -1 where there is none, which has no SRV record.</summary>
    public int Port { get; init; }

    /// <summary>The name that an alias stands for.</summary>
    public string Target { get; init; } = "";
}

/// <summary>
/// The names of the cluster (the specification "Kubernetes DNS-Based Service Discovery", with CoreDNS' answers where it
/// leaves a choice). It answers from what informers show, which is immutable and never waited for.
/// </summary>
internal sealed class ClusterZone
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    private readonly string _domain;
    private readonly string _suffix;
    private readonly IInformer<Service> _services;
    private readonly IInformer<Namespace> _namespaces;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly IInformerIndex<EndpointSlice> _slicesByService;
    private readonly IInformerIndex<EndpointSlice> _slicesByAddress;
    private readonly IInformerIndex<Service> _servicesByAddress;
    private readonly Lazy<IInformerIndex<Pod>> _podsByAddress;
    private readonly Func<IPAddress?> _ownAddress;
    private readonly ZoneAnswers _answers;
    private readonly IReadOnlyList<string> _machineSearch = ClusterDnsConfig.SearchOfMachine();

    /// <summary>Follows a cluster.</summary>
    /// <param name="informers">Services, endpoint slices, namespaces.</param>
    /// <param name="domain">The cluster's domain: <c>cluster.local</c>.</param>
    /// <param name="ownAddress">The address that this server has in the cluster, if it is known.</param>
    /// <param name="clock">Numbers the zone's versions.</param>
    public ClusterZone(IInformers informers, string domain, Func<IPAddress?> ownAddress, TimeProvider clock)
    {
        _domain = domain;
        _suffix = "." + domain;
        _ownAddress = ownAddress;
        _answers = new(domain, InDomain, clock);
        _services = informers.Of<Service>();
        _namespaces = informers.Of<Namespace>();
        _slices = informers.Of<EndpointSlice>();
        _servicesByAddress = _services.Index(
            "clusterIP", static one => one.Spec.ClusterIPs.Where(static ip => ip is not ("" or "None")));
        _slicesByService = _slices.Index(
            "serviceName",
            static one => one.Metadata.Labels.TryGetValue(ServiceLabel, out string? name)
                ? [one.Metadata.Namespace + "/" + name]
                : []);
        _slicesByAddress = _slices.Index(
            "endpointAddress",
            static one => one.Endpoints.SelectMany(static endpoint => endpoint.Addresses).Distinct());
        _podsByAddress = new(() => informers.Of<Pod>().Index(
            "podIP", static one => one.Status.PodIPs.Select(static ip => ip.Ip).Where(static ip => ip.Length > 0)));
        Synced = Task.WhenAll(_services.Synced, _namespaces.Synced, _slices.Synced);
        Subscribe(_answers.Changed);
    }

    /// <summary>Completes when the zone knows all that was there at the start.</summary>
    public Task Synced { get; }

    /// <summary>Calls back after each change that answers may depend on, once the zone shows it.</summary>
    public void Subscribe(Action changed)
    {
        _services.Subscribe((_, _) => changed());
        _namespaces.Subscribe((_, _) => changed());
        _slices.Subscribe((_, _) => changed());
    }

    /// <summary>Answers; null for names that are not the cluster's.</summary>
    public DnsAnswer? Find(string name, ushort type, ZoneSettings settings)
    {
        if (DnsSettings.IsWithin(name, _domain))
        {
            DnsAnswer answer = name.Length == _domain.Length
                ? Apex(type, settings)
                : _answers.Of(name, type, settings);

            // Who does not know all names yet can't say that there is none.
            return answer.Code == DnsCode.NameError && !Synced.IsCompletedSuccessfully
                ? answer with { Code = DnsCode.ServerFailure }
                : answer;
        }

        return type == DnsType.Ptr && settings.AnswersReverse && ReverseName.Parse(name) is { } address
            ? Reverse(address, settings)
            : null;
    }

    /// <summary>The domains in which the pod that has an address searches for names; null when no pod has it.</summary>
    public IReadOnlyList<string>? SearchOf(IPAddress client)
    {
        Pod? pod = _podsByAddress.Value.Find(client.ToString())
            .FirstOrDefault(static one => one.Status.Phase == "Running" && !one.Spec.HostNetwork);
        return pod is null ? null
            : [$"{pod.Metadata.Namespace}.svc.{_domain}", "svc" + _suffix, _domain, .. _machineSearch];
    }

    private DnsAnswer Apex(ushort type, ZoneSettings settings)
    {
        switch (type)
        {
            case DnsType.Soa:
                return _answers.Start(settings);
            case DnsType.Axfr or DnsType.Ixfr:
                return DnsAnswer.Of(DnsCode.Refused);
            case DnsType.Ns when _ownAddress() is { } address:
                // The server's name is that of its service.
                string name = _servicesByAddress.Find(address.ToString()).FirstOrDefault() is { } service
                    ? NameOf(service)
                    : "ns.dns." + _domain;
                return ZoneAnswers.Found([DnsRecord.To(DnsType.Ns, name)], settings) with
                {
                    Additional = [DnsRecord.Of(address, name) with { Ttl = settings.Ttl }],
                };
            default:
                return _answers.NoData(settings);
        }
    }

    /// <summary>What a name below the domain stands for; null when there is no such name.</summary>
    private IReadOnlyList<ZoneEntry>? InDomain(string name, ZoneSettings settings)
    {
        string[] labels = name[..^_suffix.Length].Split('.');
        int count = labels.Length;
        string kind = labels[count - 1];
        if (count == 2 && kind == "dns" && labels[0] == "ns")
        {
            return _ownAddress() is { } own ? [new(name, own)] : [];
        }

        if (kind is not ("svc" or "pod") || count > 5)
        {
            return null;
        }

        if (count == 1)
        {
            return [];
        }

        if (_namespaces.Find("", labels[^2]) is null || (kind == "pod" && settings.Pods == PodNames.Disabled))
        {
            return null;
        }

        return count == 2 ? []
            : kind == "pod" ? OfPod(labels, settings)
            : _services.Find(labels[^2], labels[^3]) is { } service ? OfService(service, labels, settings)
            : null;
    }

    /// <summary>A pod's name is its address; what stands before it does not matter.</summary>
    private IReadOnlyList<ZoneEntry>? OfPod(string[] labels, ZoneSettings settings)
    {
        string label = labels[^3];
        if (AddressOf(label) is not { } address)
        {
            return null;
        }

        bool isThere = settings.Pods == PodNames.Insecure || _podsByAddress.Value.Find(address.ToString())
            .Any(one => one.Metadata.Namespace == labels[^2]);
        return isThere ? [new($"{label}.{labels[^2]}.pod{_suffix}", address)] : null;
    }

    /// <summary>The address that a name like <c>10-1-0-7</c> or <c>fd00--7</c> stands for.</summary>
    private static IPAddress? AddressOf(string label)
    {
        bool isIPv4 = label.Count(static one => one == '-') == 3 && !label.Contains("--", StringComparison.Ordinal);
        if (isIPv4)
        {
            string[] numbers = label.Split('-');
            return numbers.All(static one => byte.TryParse(one, out byte number) && one == $"{number}")
                ? IPAddress.Parse(string.Join('.', numbers))
                : null;
        }

        return label.Contains('-') && IPAddress.TryParse(label.Replace('-', ':'), out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6 ? address : null;
    }

    private IReadOnlyList<ZoneEntry>? OfService(Service service, string[] labels, ZoneSettings settings)
    {
        // <endpoint>.<service>… or _<port>._<protocol>.<service>…, whose underscores may be missing.
        string? endpoint = labels.Length == 4 ? labels[0] : null;
        (string? port, string? protocol) = labels.Length == 5
            ? (labels[0].TrimStart('_'), labels[1].TrimStart('_'))
            : (null, null);
        if (service.Spec.Type == "ExternalName")
        {
            string target = service.Spec.ExternalName.TrimEnd('.').ToLowerInvariant();

            // An address is no name that could be an alias' target.
            return labels.Length == 3 && !IPAddress.TryParse(target, out _)
                ? [new(NameOf(service), null) { Target = target }]
                : null;
        }

        bool isHeadless = service.Spec.ClusterIP == "None";
        if (isHeadless || endpoint is not null)
        {
            return OfEndpoints(service, endpoint, port, protocol, settings);
        }

        return settings.HidesEmptyServices && OfEndpoints(service, null, null, null, settings) is null
            ? null
            : OfAddresses(service, port, protocol);
    }

    private List<ZoneEntry>? OfAddresses(Service service, string? port, string? protocol)
    {
        List<ZoneEntry> entries = [];
        string name = NameOf(service);
        foreach (ServicePort one in service.Spec.Ports)
        {
            if (!Takes(port, one.Name) || !Takes(protocol, one.Protocol))
            {
                continue;
            }

            foreach (string text in service.Spec.ClusterIPs)
            {
                if (IPAddress.TryParse(text, out IPAddress? address))
                {
                    entries.Add(new(name, address) { Port = one.Port });
                }
            }
        }

        return entries.Count > 0 ? entries : null;
    }

    private List<ZoneEntry>? OfEndpoints(
        Service service, string? endpoint, string? port, string? protocol, ZoneSettings settings)
    {
        List<ZoneEntry> entries = [];
        string suffix = "." + NameOf(service);
        foreach (EndpointSlice slice in _slicesByService.Find(
            service.Metadata.Namespace + "/" + service.Metadata.Name))
        {
            // Without ports an endpoint still has a name, whatever port is asked for: none of them has another name.
            int[] ports = slice.Ports.Count == 0
                ? port is null && protocol is null ? [-1] : []
                : [.. slice.Ports.Where(one => Takes(port, one.Name ?? "") && Takes(protocol, one.Protocol ?? "TCP"))
                    .Select(static one => one.Port ?? -1)];
            foreach (Endpoint one in ports.Length == 0 ? [] : slice.Endpoints.ToArray())
            {
                Collect(entries, one, ports, (endpoint, suffix), settings);
            }
        }

        return entries.Count > 0 ? entries : null;
    }

    private static void Collect(
        List<ZoneEntry> entries, Endpoint one, int[] ports, (string? Endpoint, string Suffix) name,
        ZoneSettings settings)
    {
        if (one.Conditions.Ready == false)
        {
            return;
        }

        foreach (string text in one.Addresses)
        {
            if (!IPAddress.TryParse(text, out IPAddress? address))
            {
                continue;
            }

            string label = NameOf(one, text, settings);
            if (name.Endpoint is null || name.Endpoint == label)
            {
                string full = label + name.Suffix;
                entries.AddRange(ports.Select(port => new ZoneEntry(full, address) { Port = port }));
            }
        }
    }

    /// <summary>The name of an endpoint: its host name, or its address with dashes.</summary>
    private static string NameOf(Endpoint endpoint, string address, ZoneSettings settings)
    {
        if (endpoint.Hostname is { Length: > 0 } name)
        {
            return name.ToLowerInvariant();
        }

        if (settings.NamesEndpointsByPods && endpoint.TargetRef is { Name.Length: > 0 } pod)
        {
            return pod.Name.ToLowerInvariant();
        }

        // No label ends with a dash.
        string label = address.Replace('.', '-').Replace(':', '-');
        return label.EndsWith('-') ? label + "0" : label;
    }

    private string NameOf(Service service) => $"{service.Metadata.Name}.{service.Metadata.Namespace}.svc{_suffix}";

    private DnsAnswer? Reverse(IPAddress address, ZoneSettings settings)
    {
        string text = address.ToString();
        if (_servicesByAddress.Find(text).FirstOrDefault() is { } own)
        {
            return ZoneAnswers.Found([DnsRecord.To(DnsType.Ptr, NameOf(own))], settings);
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (EndpointSlice slice in _slicesByAddress.Find(text))
        {
            if (slice.Metadata.Labels.TryGetValue(ServiceLabel, out string? service))
            {
                names.UnionWith(slice.Endpoints
                    .Where(one => one.Conditions.Ready != false && one.Addresses.Contains(text))
                    .Select(one => $"{NameOf(one, text, settings)}.{service}.{slice.Metadata.Namespace}.svc{_suffix}"));
            }
        }

        // Addresses that the cluster has no name for may have one elsewhere.
        return names.Count == 0
            ? null
            : ZoneAnswers.Found([.. names.Select(static one => DnsRecord.To(DnsType.Ptr, one))], settings);
    }

    private static bool Takes(string? wanted, string offered) =>
        string.IsNullOrEmpty(wanted) || string.Equals(wanted, offered, StringComparison.OrdinalIgnoreCase);
}
