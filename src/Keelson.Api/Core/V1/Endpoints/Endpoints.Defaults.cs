namespace Keelson.Api.Core.V1;

public sealed partial record Endpoints
{
    /// <summary>A port without a protocol is TCP.</summary>
    public static Endpoints SetDefaults(Endpoints obj)
    {
        foreach (EndpointSubset subset in obj.Subsets)
        {
            foreach (EndpointPort port in subset.Ports)
            {
                if (port.Protocol.Length == 0)
                {
                    return obj with { Subsets = obj.Subsets.Map(SetPortDefaults) };
                }
            }
        }

        return obj;
    }

    private static EndpointSubset SetPortDefaults(EndpointSubset subset) => subset with
    {
        Ports = subset.Ports.Map(static port => port.Protocol.Length == 0 ? port with { Protocol = Protocol.TCP } : port),
    };
}
