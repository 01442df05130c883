using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Networking.V1;
using Keelson.Network.Proxy;
using ApiIngress = Keelson.Api.Networking.V1.Ingress;

namespace Keelson.Network.Ingress;

/// <summary>What decides about routes.</summary>
internal sealed record IngressSnapshot
{
    private static readonly ProxyNode Nowhere = new("", "");

    public required IReadOnlyList<ApiIngress> Ingresses { get; init; }

    public required IReadOnlyList<IngressClass> Classes { get; init; }

    public required Func<string, string, Service?> Services { get; init; }

    public required Func<string, string, IReadOnlyList<EndpointSlice>> Slices { get; init; }

    public required Func<string, string, Secret?> Secrets { get; init; }

    /// <summary>The ingresses that a controller serves, the oldest first: of several that want the same, it has
    /// it.</summary>
    public IEnumerable<ApiIngress> Served(IngressControllerConfig config) => Ingresses
        .Where(one => IsServed(one, config))
        .OrderBy(static one => one.Metadata.CreationTimestamp)
        .ThenBy(static one => one.Metadata.Namespace, StringComparer.Ordinal)
        .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal);

    /// <summary>True for ingresses of a class of this controller; one without any belongs to the default
    /// class.</summary>
    public bool IsServed(ApiIngress ingress, IngressControllerConfig config)
    {
        string? name = ingress.Spec.IngressClassName
            ?? ingress.Metadata.Annotations.GetValueOrDefault("kubernetes.io/ingress.class");
        return name is null
            ? Classes.Any(one => one.Spec.Controller == config.ControllerName && IsDefault(one))
            : name == config.ClassName
                || Classes.Any(one => one.Metadata.Name == name && one.Spec.Controller == config.ControllerName);
    }

    /// <summary>Where a backend's requests go: <c>10.1.0.2:8080</c>; none when nobody is there.</summary>
    public IReadOnlyList<string> TargetsOf(string @namespace, IngressServiceBackend backend)
    {
        if (Services(@namespace, backend.Name) is not { } service || PortOf(service, backend.Port) is not { } port)
        {
            return [];
        }

        if (service.Spec.Type == "ExternalName")
        {
            return [$"{service.Spec.ExternalName}:{port.Port}"];
        }

        IReadOnlyList<EndpointSlice> slices = Slices(@namespace, backend.Name);
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            IReadOnlyList<ProxyEndpoint> found =
                EndpointChoice.Of(AllOf(port, slices, family), Nowhere).Cluster;
            if (found.Count > 0)
            {
                return [.. found.Select(static one => $"{one.Address}:{one.Port}")];
            }
        }

        return [];
    }

    private static List<ProxyEndpoint> AllOf(
        ServicePort port, IReadOnlyList<EndpointSlice> slices, AddressFamily family)
    {
        List<ProxyEndpoint> found = ProxyEndpoints.Of(port, slices, family, Nowhere);

        // Hints are for proxies that send packets on; here the choice is among all.
        return [.. found.Select(static one => one with { Zones = [], Nodes = [] })];
    }

    /// <summary>The port of a service that a backend names; null when it has none such.</summary>
    public static ServicePort? PortOf(Service service, ServiceBackendPort port) =>
        service.Spec.Ports.FirstOrDefault(one =>
            port.Name.Length > 0 ? one.Name == port.Name : one.Port == port.Number);

    private static bool IsDefault(IngressClass one) =>
        one.Metadata.Annotations.GetValueOrDefault("ingressclass.kubernetes.io/is-default-class") == "true";
}
