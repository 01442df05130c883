using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Network.Tests;

/// <summary>Objects as tests need them.</summary>
internal static class Objects
{
    public const string ThisNode = "node-a";

    public static ObjectMeta Meta(string @namespace, string name, params (string Key, string Value)[] labels) =>
        ObjectMeta.Empty with
        {
            Namespace = @namespace,
            Name = name,
            Labels = ApiMap<string>.From(labels.Select(static one => KeyValuePair.Create(one.Key, one.Value))),
        };

    public static Service Service(string name, string address, int port = 80, string protocol = "TCP") => new()
    {
        Metadata = Meta("default", name),
        Spec = new ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = address,
            ClusterIPs = new[] { address },
            Ports = new[] { new ServicePort { Name = "http", Port = port, Protocol = protocol } },
        },
    };

    public static EndpointSlice Slice(string service, params Endpoint[] endpoints) => new()
    {
        Metadata = Meta("default", service + "-1", ("kubernetes.io/service-name", service)),
        AddressType = "IPv4",
        Endpoints = endpoints,
        Ports = new[] { new Api.Discovery.V1.EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" } },
    };

    public static Endpoint Endpoint(string address, string node = ThisNode) => new()
    {
        Addresses = new[] { address },
        Conditions = new() { Ready = true, Serving = true, Terminating = false },
        NodeName = node,
    };

    public static Endpoint Leaving(this Endpoint endpoint) => endpoint with
    {
        Conditions = new() { Ready = false, Serving = true, Terminating = true },
    };

    public static Endpoint ForZone(this Endpoint endpoint, string zone) => endpoint with
    {
        Hints = new() { ForZones = new[] { new ForZone { Name = zone } } },
    };

    public static Node Node(string name = ThisNode, string address = "192.0.2.1", string zone = "zone-1") => new()
    {
        Metadata = Meta("", name, ("topology.kubernetes.io/zone", zone)),
        Status = new() { Addresses = new[] { new NodeAddress { Type = "InternalIP", Address = address } } },
    };
}
