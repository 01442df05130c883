using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Client.Informers;

namespace Keelson.Network.Dns;

/// <summary>
/// The names of the cluster (the specification "Kubernetes DNS-Based Service Discovery", with CoreDNS' answers where it
/// leaves a choice). It answers from what informers show, which is immutable and never waited for.
/// </summary>
internal sealed class ClusterZone
{
    // A service's address that leads nowhere is answered, but does not lead to CNAMEs without end.
    private const int MostAliases = 8;

    private readonly string _domain;
    private readonly IInformer<Service> _services;
    private readonly IInformer<Namespace> _namespaces;
    private readonly IInformer<EndpointSlice> _slices;
    private readonly IInformerIndex<EndpointSlice> _slicesByService;
    private readonly IInformerIndex<EndpointSlice> _slicesByAddress;
    private readonly IInformerIndex<Service> _servicesByAddress;
    private readonly DnsRecord[] _start;
    private readonly Func<IPAddress?> _ownAddress;
    private int _turn;

    /// <summary>Follows a cluster.</summary>
    /// <param name="informers">Services, endpoint slices, namespaces.</param>
    /// <param name="domain">The cluster's domain: <c>cluster.local</c>.</param>
    /// <param name="ownAddress">The address that this server has in the cluster, if it is known.</param>
    public ClusterZone(IInformers informers, string domain, Func<IPAddress?> ownAddress)
    {
        _domain = domain;
        _ownAddress = ownAddress;
        _start = [DnsRecord.Start(domain)];
        _services = informers.Of<Service>();
        _namespaces = informers.Of<Namespace>();
        _slices = informers.Of<EndpointSlice>();
        _servicesByAddress = _services.Index(
            "clusterIP", static one => one.Spec.ClusterIPs.Where(static ip => ip is not ("" or "None")));
        _slicesByService = _slices.Index(
            "serviceName",
            static one => one.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? name)
                ? [one.Metadata.Namespace + "/" + name]
                : []);
        _slicesByAddress = _slices.Index(
            "endpointAddress",
            static one => one.Endpoints.SelectMany(static endpoint => endpoint.Addresses).Distinct());
        Synced = Task.WhenAll(_services.Synced, _namespaces.Synced, _slices.Synced);
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
    public DnsAnswer? Find(string name, ushort type)
    {
        if (name.EndsWith(_domain, StringComparison.Ordinal))
        {
            if (name.Length == _domain.Length)
            {
                return Apex(type);
            }

            if (name[name.Length - _domain.Length - 1] == '.')
            {
                return InDomain(name[..(name.Length - _domain.Length - 1)].Split('.'), type, MostAliases);
            }
        }

        return ReverseName.Parse(name) is { } address ? Reverse(address, type) : null;
    }

    private DnsAnswer Apex(ushort type) => type switch
    {
        DnsType.Soa => Found([.. _start]),
        DnsType.Ns => Found([DnsRecord.To(DnsType.Ns, "ns.dns." + _domain)]),
        _ => NoData(),
    };

    private DnsAnswer InDomain(string[] labels, ushort type, int aliases)
    {
        int count = labels.Length;
        return labels[count - 1] switch
        {
            "svc" => InServices(labels, type, aliases),
            "pod" => InPods(labels, type),
            "dns-version" when count == 1 => type == DnsType.Txt ? Found([DnsRecord.Of("1.1.0")]) : NoData(),
            "dns" when count == 1 => NoData(),
            "dns" when count == 2 && labels[0] == "ns" => OwnName(type),
            _ => NoName(),
        };
    }

    private DnsAnswer OwnName(ushort type) =>
        type is DnsType.A or DnsType.Aaaa && _ownAddress() is { } address && Fits(address, type)
            ? Found([DnsRecord.Of(address)])
            : NoData();

    private DnsAnswer InPods(string[] labels, ushort type)
    {
        if (labels.Length == 1)
        {
            return NoData();
        }

        if (labels.Length > 3 || _namespaces.Find("", labels[^2]) is null)
        {
            return NoName();
        }

        if (labels.Length == 2)
        {
            return NoData();
        }

        if (AddressOf(labels[0]) is not { } address)
        {
            return NoName();
        }

        return Fits(address, type) ? Found([DnsRecord.Of(address)]) : NoData();
    }

    /// <summary>The address that a name like <c>10-1-0-7</c> or <c>fd00--7</c> stands for.</summary>
    private static IPAddress? AddressOf(string label)
    {
        string dots = label.Replace('-', '.');
        if (label.Count(static one => one == '-') == 3
            && IPAddress.TryParse(dots, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address;
        }

        return label.Contains('-') && IPAddress.TryParse(label.Replace('-', ':'), out address) ? address : null;
    }

    private DnsAnswer InServices(string[] labels, ushort type, int aliases)
    {
        if (labels.Length == 1)
        {
            return NoData();
        }

        string @namespace = labels[^2];
        if (labels.Length == 2)
        {
            return _namespaces.Find("", @namespace) is null ? NoName() : NoData();
        }

        if (_services.Find(@namespace, labels[^3]) is not { } service)
        {
            return NoName();
        }

        ServiceQuestion question = new(service, type);
        switch (labels.Length)
        {
            case 3:
                break;
            case 4 when labels[0].Length > 0 && labels[0][0] != '_':
                question = question with { Endpoint = labels[0] };
                break;
            case 5 when labels[0].StartsWith('_') && labels[1].StartsWith('_'):
                question = question with { Port = labels[0][1..], Protocol = labels[1][1..] };
                break;
            default:
                return NoName();
        }

        return Answer(question, aliases);
    }

    private DnsAnswer Answer(ServiceQuestion question, int aliases)
    {
        ServiceSpec spec = question.Service.Spec;
        if (spec.Type == "ExternalName")
        {
            return question.Endpoint is null && question.Port is null
                ? Alias(spec.ExternalName.TrimEnd('.').ToLowerInvariant(), question.Type, aliases)
                : NoName();
        }

        return spec.ClusterIP == "None" || question.Endpoint is not null
            ? OfEndpoints(question)
            : OfAddresses(question);
    }

    private DnsAnswer Alias(string target, ushort type, int aliases)
    {
        List<DnsRecord> records = [DnsRecord.To(DnsType.Cname, target)];
        if (type == DnsType.Cname)
        {
            return Found(records);
        }

        string suffix = "." + _domain;
        if (!target.EndsWith(suffix, StringComparison.Ordinal))
        {
            return Found(records) with { Elsewhere = target };
        }

        if (aliases > 0)
        {
            DnsAnswer next = InDomain(target[..^suffix.Length].Split('.'), type, aliases - 1);
            records.AddRange(next.Records.Select(one => one.Owner is null ? one.OwnedBy(target) : one));
            return Found(records) with { Elsewhere = next.Elsewhere };
        }

        return Found(records);
    }

    private DnsAnswer OfAddresses(ServiceQuestion question)
    {
        List<DnsRecord> records = [];
        List<DnsRecord> additional = [];
        bool isKnown = false;
        string name = $"{question.Service.Metadata.Name}.{question.Service.Metadata.Namespace}.svc.{_domain}";
        IReadOnlyList<IPAddress> addresses = Addresses(question.Service.Spec.ClusterIPs);
        List<ServicePort> ports = [.. question.Service.Spec.Ports.Where(one => question.Takes(one.Name, one.Protocol))];
        foreach (ServicePort port in ports)
        {
            isKnown = true;
            if (question.Type == DnsType.Srv)
            {
                records.Add(DnsRecord.Service(name, port.Port, 100 / ports.Count));
            }
        }

        foreach (IPAddress address in isKnown ? addresses : [])
        {
            if (Fits(address, question.Type))
            {
                records.Add(DnsRecord.Of(address));
            }
            else if (question.Type == DnsType.Srv)
            {
                additional.Add(DnsRecord.Of(address, name));
            }
        }

        return !isKnown ? NoName() : records.Count == 0 ? NoData() : Found(records) with { Additional = additional };
    }

    private DnsAnswer OfEndpoints(ServiceQuestion question)
    {
        string service = question.Service.Metadata.Namespace + "/" + question.Service.Metadata.Name;
        string suffix = $".{question.Service.Metadata.Name}.{question.Service.Metadata.Namespace}.svc.{_domain}";
        HashSet<DnsRecord> records = [];
        HashSet<DnsRecord> additional = [];
        bool isKnown = false;
        List<(string Name, IPAddress Address, int Port)> found = [];
        foreach (EndpointSlice slice in _slicesByService.Find(service))
        {
            foreach (int port in PortsOf(slice, question))
            {
                Collect(found, slice, port, question.Endpoint);
            }
        }

        foreach ((string name, IPAddress address, int port) in found)
        {
            isKnown = true;
            if (Fits(address, question.Type))
            {
                records.Add(DnsRecord.Of(address));
            }
            else if (question.Type == DnsType.Srv && port > 0)
            {
                records.Add(DnsRecord.Service(name + suffix, port, Math.Max(1, 100 / found.Count)));
                additional.Add(DnsRecord.Of(address, name + suffix));
            }
        }

        return !isKnown ? NoName()
            : records.Count == 0 ? NoData()
            : Found([.. records]) with { Additional = [.. additional] };
    }

    private static IEnumerable<int> PortsOf(EndpointSlice slice, ServiceQuestion question)
    {
        if (slice.Ports.Count == 0 && question.Port is null)
        {
            return [0];
        }

        return [.. slice.Ports.Where(one => question.Takes(one.Name ?? "", one.Protocol ?? "TCP"))
            .Select(static one => one.Port ?? 0)];
    }

    private static void Collect(
        List<(string Name, IPAddress Address, int Port)> found, EndpointSlice slice, int port, string? endpoint)
    {
        foreach (Endpoint one in slice.Endpoints)
        {
            if (one.Conditions.Ready == false)
            {
                continue;
            }

            foreach (IPAddress address in Addresses(one.Addresses))
            {
                string name = NameOf(one, address);
                if (endpoint is null || endpoint == name)
                {
                    found.Add((name, address, port));
                }
            }
        }
    }

    /// <summary>The name of an endpoint: its host name, or its address with dashes.</summary>
    private static string NameOf(Endpoint endpoint, IPAddress address) => endpoint.Hostname is { Length: > 0 } name
        ? name.ToLowerInvariant()
        : address.ToString().Replace('.', '-').Replace(':', '-');

    private DnsAnswer? Reverse(IPAddress address, ushort type)
    {
        string text = address.ToString();
        List<DnsRecord> records = [];
        foreach (Service one in _servicesByAddress.Find(text))
        {
            records.Add(DnsRecord.To(DnsType.Ptr, $"{one.Metadata.Name}.{one.Metadata.Namespace}.svc.{_domain}"));
        }

        foreach (EndpointSlice slice in records.Count == 0 ? _slicesByAddress.Find(text) : [])
        {
            if (slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out string? service))
            {
                Endpoint endpoint = slice.Endpoints.First(one => one.Addresses.Contains(text));
                string name = $"{NameOf(endpoint, address)}.{service}.{slice.Metadata.Namespace}.svc.{_domain}";
                records.Add(DnsRecord.To(DnsType.Ptr, name));
            }
        }

        // Addresses that the cluster has no name for may have one elsewhere.
        return records.Count == 0 ? null : type == DnsType.Ptr ? Found(records) : NoData();
    }

    private static List<IPAddress> Addresses(IEnumerable<string> texts)
    {
        List<IPAddress> addresses = [];
        foreach (string text in texts)
        {
            if (IPAddress.TryParse(text, out IPAddress? address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private static bool Fits(IPAddress address, ushort type) => type switch
    {
        DnsType.A => address.AddressFamily == AddressFamily.InterNetwork,
        DnsType.Aaaa => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => false,
    };

    private DnsAnswer Found(List<DnsRecord> records) => new()
    {
        IsAuthoritative = true,
        Records = records,
        First = records.Count > 1 && records[0].Type is DnsType.A or DnsType.Aaaa
            ? (int)((uint)Interlocked.Increment(ref _turn) % (uint)records.Count)
            : 0,
    };

    private DnsAnswer NoData() => new() { IsAuthoritative = true, Authority = _start };

    private DnsAnswer NoName() => NoData() with { Code = DnsCode.NameError };

    /// <summary>A question about a service.</summary>
    private sealed record ServiceQuestion(Service Service, ushort Type)
    {
        public string? Endpoint { get; init; }

        public string? Port { get; init; }

        public string? Protocol { get; init; }

        public bool Takes(string port, string protocol) =>
            (Port is null || Port == port.ToLowerInvariant())
            && (Protocol is null || string.Equals(Protocol, protocol, StringComparison.OrdinalIgnoreCase));
    }
}
