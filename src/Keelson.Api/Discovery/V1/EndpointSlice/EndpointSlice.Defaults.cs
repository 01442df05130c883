using Keelson.Machinery.Values;

namespace Keelson.Api.Discovery.V1;

public sealed partial record EndpointSlice
{
    /// <inheritdoc/>
    public static EndpointSlice SetDefaults(EndpointSlice obj)
    {
        ApiList<EndpointPort> ports = obj.Ports.Map(static port => port is { Name: not null, Protocol: not null }
            ? port
            : port with { Name = port.Name ?? "", Protocol = port.Protocol ?? Core.V1.Protocol.TCP });
        return ports == obj.Ports ? obj : obj with { Ports = ports };
    }
}
