using System.Globalization;
using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Containers;

/// <summary>
/// The variables by which containers find services: <c>NAME_SERVICE_HOST</c> and its like, and those that container
/// links had (<c>NAME_PORT_80_TCP_ADDR</c>).
/// </summary>
internal static class ServiceVariables
{
    private const string MasterService = "kubernetes";
    private const string MasterNamespace = "default";

    /// <summary>The variables of all services that a pod of a namespace sees, sorted by name.</summary>
    /// <param name="services">All services.</param>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="withLinks">False to see the API server's service alone.</param>
    public static SortedDictionary<string, string> Of(
        IEnumerable<Service> services, string @namespace, bool withLinks)
    {
        Dictionary<string, Service> seen = new(StringComparer.Ordinal);
        foreach (Service service in services.Where(static one => one.Spec.ClusterIP is not ("" or "None")))
        {
            string name = service.Metadata.Name;
            if (service.Metadata.Namespace == MasterNamespace && name == MasterService)
            {
                seen.TryAdd(name, service);
            }
            else if (withLinks && service.Metadata.Namespace == @namespace)
            {
                seen[name] = service;
            }
        }

        SortedDictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (Service service in seen.Values)
        {
            Add(variables, service);
        }

        return variables;
    }

    private static void Add(SortedDictionary<string, string> variables, Service service)
    {
        string prefix = VariableName(service.Metadata.Name);
        string address = service.Spec.ClusterIP;
        variables[prefix + "_SERVICE_HOST"] = address;
        bool isFirst = true;
        foreach (ServicePort port in service.Spec.Ports)
        {
            string number = port.Port.ToString(CultureInfo.InvariantCulture);
            if (isFirst)
            {
                variables[prefix + "_SERVICE_PORT"] = number;
            }

            if (port.Name.Length > 0)
            {
                variables[$"{prefix}_SERVICE_PORT_{VariableName(port.Name)}"] = number;
            }

            string protocol = port.Protocol.Length == 0 ? Protocol.TCP : port.Protocol;
            string host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
            string url = $"{protocol.ToLowerInvariant()}://{host}:{number}";
            if (isFirst)
            {
                variables[prefix + "_PORT"] = url;
            }

            string link = $"{prefix}_PORT_{number}_{protocol.ToUpperInvariant()}";
            variables[link] = url;
            variables[link + "_PROTO"] = protocol.ToLowerInvariant();
            variables[link + "_PORT"] = number;
            variables[link + "_ADDR"] = address;
            isFirst = false;
        }
    }

    private static string VariableName(string name) => name.Replace('-', '_').ToUpperInvariant();
}
