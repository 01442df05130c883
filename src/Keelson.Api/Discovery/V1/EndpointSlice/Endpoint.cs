using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Discovery.V1;

/// <summary>One network endpoint behind a service.</summary>
[ApiType("io.k8s.api.discovery.v1.Endpoint")]
public sealed partial record Endpoint
{
    /// <summary>
    /// Addresses of the endpoint, of the type given in the slice; consumers may use only the first. Between 1 and
    /// 100.
    /// </summary>
    [Field(1, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> Addresses { get; init; }

    /// <summary>Whether the endpoint takes traffic.</summary>
    [Field(2)]
    public partial EndpointConditions Conditions { get; init; }

    /// <summary>Host name of the endpoint, a DNS label, used for its DNS record.</summary>
    [Field(3)]
    public partial string? Hostname { get; init; }

    /// <summary>Object the endpoint stands for, usually a pod.</summary>
    [Field(4)]
    public partial ObjectReference? TargetRef { get; init; }

    /// <summary>Remnant of the v1beta1 topology field; cannot be written in v1.</summary>
    [Field(5)]
    public partial ApiMap<string> DeprecatedTopology { get; init; }

    /// <summary>Node that hosts the endpoint.</summary>
    [Field(6)]
    public partial string? NodeName { get; init; }

    /// <summary>Zone the endpoint is in.</summary>
    [Field(7)]
    public partial string? Zone { get; init; }

    /// <summary>Consumers the endpoint is intended for.</summary>
    [Field(8)]
    public partial EndpointHints? Hints { get; init; }
}
