using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using EndpointPort = Keelson.Api.Discovery.V1.EndpointPort;

namespace Keelson.Network.Dns;

/// <summary>Makes a node's DNS server known in the cluster: the service <c>kube-dns</c>, the node's slice of its
/// endpoints, and the configuration for people to change.</summary>
public sealed record ClusterDnsService
{
    private const string Namespace = "kube-system";
    private const string ServiceName = "kube-dns";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>The service's address: what pods have in their <c>resolv.conf</c>.</summary>
    public required IPAddress ServiceAddress { get; init; }

    /// <summary>The node that the server is on; its object owns the slice.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where pods of all nodes reach the server.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>The port of its metrics; 0 without.</summary>
    public int MetricsPort { get; init; }

    /// <summary>The cluster's domain.</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where refusals are told.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>Writes both, and tries again until it is done.</summary>
    public async Task PublishAsync(IApiClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            Status? error = await PutAsync(client, ToService(), static (now, wanted) => now with { Spec = now.Spec with
            {
                Ports = wanted.Spec.Ports,
            } }, cancellationToken);
            ApiResult<Node> node = await client.GetAsync<Node>("", NodeName, cancellationToken);
            error ??= node.Error;
            error ??= await PutAsync(client, ToSlice(node.Value), static (now, wanted) => now with
            {
                Endpoints = wanted.Endpoints, Ports = wanted.Ports,
                Metadata = now.Metadata with { OwnerReferences = wanted.Metadata.OwnerReferences },
            }, cancellationToken);
            error ??= await PutAsync(client, ToConfigMap(), static (now, _) => now, cancellationToken);
            if (error is null)
            {
                return;
            }

            Log($"dns: service {ServiceName}: {error.Message}");
            await Task.Delay(RetryAfter, Clock, cancellationToken);
        }
    }

    private static async Task<Status?> PutAsync<T>(
        IApiClient client, T wanted, Func<T, T, T> change, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        // Not the other way round: the address of a service that is there can't be had for the same one again.
        Status? error = (await client.ModifyAsync<T>(
            wanted.Metadata.Namespace, wanted.Metadata.Name, now => change(now, wanted), cancellationToken)).Error;
        return error is { Code: 404 } ? (await client.CreateAsync(wanted, cancellationToken)).Error : error;
    }

    /// <summary>What kubeadm writes, for people to change; until they do it says what holds anyway.</summary>
    private ConfigMap ToConfigMap() => new()
    {
        Metadata = ObjectMeta.Empty with { Namespace = Namespace, Name = "coredns" },
        Data = ApiMap<string>.From([KeyValuePair.Create("Corefile", $$"""
            .:53 {
                errors
                health {
                   lameduck 5s
                }
                ready
                kubernetes {{Domain}} in-addr.arpa ip6.arpa {
                   pods insecure
                   fallthrough in-addr.arpa ip6.arpa
                   ttl 30
                }
                prometheus :9153
                forward . /etc/resolv.conf {
                   max_concurrent 1000
                }
                cache 30 {
                   disable success {{Domain}}
                   disable denial {{Domain}}
                }
                loop
                reload
                loadbalance
            }

            """)]),
    };

    private Service ToService() => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Namespace = Namespace,
            Name = ServiceName,
            Labels = ApiMap<string>.From(
            [
                KeyValuePair.Create("k8s-app", "kube-dns"),
                KeyValuePair.Create("kubernetes.io/cluster-service", "true"),
                KeyValuePair.Create("kubernetes.io/name", "CoreDNS"),
            ]),
            Annotations = ApiMap<string>.From(
            [
                KeyValuePair.Create("prometheus.io/port", "9153"),
                KeyValuePair.Create("prometheus.io/scrape", "true"),
            ]),
        },
        Spec = new()
        {
            Type = "ClusterIP",
            ClusterIP = ServiceAddress.ToString(),
            ClusterIPs = new[] { ServiceAddress.ToString() },
            Ports = new[]
            {
                new ServicePort { Name = "dns", Port = 53, Protocol = "UDP", TargetPort = 53 },
                new ServicePort { Name = "dns-tcp", Port = 53, Protocol = "TCP", TargetPort = 53 },
                new ServicePort { Name = "metrics", Port = 9153, Protocol = "TCP", TargetPort = 9153 },
            },
        },
    };

    private EndpointSlice ToSlice(Node node) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Namespace = Namespace,
            Name = $"{ServiceName}-{NodeName}",
            Labels = ApiMap<string>.From(
            [
                KeyValuePair.Create("kubernetes.io/service-name", ServiceName),
                KeyValuePair.Create("endpointslice.kubernetes.io/managed-by", "dns.keelson.dev"),
            ]),
            OwnerReferences = new[]
            {
                new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = NodeName, Uid = node.Metadata.Uid },
            },
        },
        AddressType = Server.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6",
        Endpoints = new[]
        {
            new Endpoint
            {
                Addresses = new[] { Server.Address.ToString() },
                Conditions = new() { Ready = true, Serving = true, Terminating = false },
                NodeName = NodeName,
            },
        },
        Ports = MetricsPort > 0
            ? new[] { Dns("dns", "UDP"), Dns("dns-tcp", "TCP"), Dns("metrics", "TCP") with { Port = MetricsPort } }
            : new[] { Dns("dns", "UDP"), Dns("dns-tcp", "TCP") },
    };

    private EndpointPort Dns(string name, string protocol) => new()
    {
        Name = name, Port = Server.Port, Protocol = protocol,
    };
}
