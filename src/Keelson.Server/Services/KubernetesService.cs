using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Upkeep;
using EndpointPort = Keelson.Api.Core.V1.EndpointPort;
using IPAddress = System.Net.IPAddress;

namespace Keelson.Server.Services;

/// <summary>
/// The service <c>kubernetes</c>, by which pods find the API: at the first address of the service range, with the
/// addresses of all servers that are there behind it.
/// </summary>
internal sealed class KubernetesService(OwnObjects objects, ServerLeases servers, ApiServerConfig config, int port)
{
    private const string Space = "default";
    private const string Name = "kubernetes";
    private const string PortName = "https";

    private readonly bool _isV6 =
        IPNetwork.Parse(config.ServiceClusterIPRanges[0]).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Makes and corrects the service and what is behind it.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await servers.RenewAsync(cancellationToken);
        await objects.EnsureAsync<Service>(ApiKinds.CoreV1Service, Space, Name, Complete, cancellationToken);

        // Nobody else reaches a loopback address, and endpoints may not have one: the service then has nothing behind
        // it.
        if (!IPAddress.IsLoopback(config.AdvertiseAddress))
        {
            await EnsureBackAsync(cancellationToken);
        }
    }

    /// <summary>Takes this server away from behind the service, unless it is the last one.</summary>
    public async Task WithdrawAsync()
    {
        await servers.RevokeAsync();
        if ((await servers.ListAsync(CancellationToken.None)).Count > 0)
        {
            await EnsureBackAsync(CancellationToken.None);
        }
    }

    private Service Complete(Service? there)
    {
        ServicePort wanted = new() { Name = PortName, Port = 443, Protocol = "TCP", TargetPort = port };
        if (there is not null)
        {
            bool isRight = there.Spec.Ports is [{ } only] && only with { NodePort = 0 } == wanted;
            return isRight ? there : there with { Spec = there.Spec with { Ports = [wanted] } };
        }

        return new Service
        {
            Metadata = ObjectMeta.Empty with
            {
                Labels = ApiMap<string>.Empty.With("component", "apiserver").With("provider", "kubernetes"),
            },
            Spec = new ServiceSpec
            {
                Ports = [wanted],
                ClusterIP = FirstAddress(),
                ClusterIPs = [FirstAddress()],
                Type = "ClusterIP",
                SessionAffinity = "None",
                IpFamilies = [_isV6 ? "IPv6" : "IPv4"],
                IpFamilyPolicy = "SingleStack",
                InternalTrafficPolicy = "Cluster",
            },
        };
    }

    private string FirstAddress()
    {
        byte[] bytes = IPNetwork.Parse(config.ServiceClusterIPRanges[0]).BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes).ToString();
    }

    private async Task EnsureBackAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> addresses = await servers.ListAsync(cancellationToken);
        if (addresses.Count == 0)
        {
            // This server's own lease was renewed just now, so something is wrong with the store rather than with the
            // servers.
            throw new InvalidOperationException(
                "no API server IPs were listed in storage, refusing to erase all endpoints for the kubernetes service");
        }

        string[] own = [.. addresses.Where(one => IPAddress.Parse(one).AddressFamily == AddressFamily.InterNetworkV6 == _isV6)
            .Order(StringComparer.Ordinal)];
        await objects.EnsureAsync<Endpoints>(
            ApiKinds.CoreV1Endpoints, Space, Name, there => Complete(there, own), cancellationToken);
        await objects.EnsureAsync<EndpointSlice>(
            ApiKinds.DiscoveryV1EndpointSlice, Space, Name, there => Complete(there, own), cancellationToken);
    }

    private Endpoints Complete(Endpoints? there, string[] addresses)
    {
        Endpoints endpoints = there ?? new Endpoints();
        return endpoints with
        {
            // Nobody is to make another slice of these.
            Metadata = endpoints.Metadata with
            {
                Labels = ApiMap<string>.Empty.With("endpointslice.kubernetes.io/skip-mirror", "true"),
            },
            Subsets =
            [
                new EndpointSubset
                {
                    Addresses = addresses.Select(one => new EndpointAddress { Ip = one }).ToApiList(),
                    Ports = [new EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }],
                },
            ],
        };
    }

    private EndpointSlice Complete(EndpointSlice? there, string[] addresses)
    {
        EndpointSlice slice = there ?? new EndpointSlice();
        return slice with
        {
            Metadata = slice.Metadata with { Labels = ApiMap<string>.Empty.With("kubernetes.io/service-name", Name) },
            AddressType = _isV6 ? "IPv6" : "IPv4",
            Endpoints = addresses.Select(one => new Endpoint
            {
                Addresses = [one],
                Conditions = new EndpointConditions { Ready = true },
            }).ToApiList(),
            Ports = [new Api.Discovery.V1.EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }],
        };
    }
}
