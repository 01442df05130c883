using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Services;

/// <summary>Gives services ports on the nodes, counted from the services there are, under a lock.</summary>
internal sealed class NodePorts(IObjectLookup lookup, ApiServerConfig config)
{
    /// <summary>A dry run takes nothing; the first port it shows as an example is this one, as with upstream.</summary>
    private const int FirstExample = 32768;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _pending = [];

    /// <summary>The service with the ports it needs; what was taken for it is to be settled after the write.</summary>
    public ApiResult<ServiceSpec> Allocate(Service service, ServiceSpec? old, List<int> taken, bool isDryRun)
    {
        lock (_gate)
        {
            HashSet<int> used = [.. _pending, .. lookup.List<Service>().SelectMany(PortsOf)];
            Ledger ledger = new(used, taken, isDryRun);
            ServiceSpec spec = service.Spec;
            ApiResult<ApiList<ServicePort>> given = !ServiceTypes.NeedsNodePort(spec) ? spec.Ports
                : old is null ? Give(service, ledger)
                : Regive(service, old, ledger);
            if (!given.TryGet(out ApiList<ServicePort> ports, out Status? refused))
            {
                return refused;
            }

            int health = spec.HealthCheckNodePort;
            if (ServiceTypes.NeedsHealthCheck(spec) && (old is null || !ServiceTypes.NeedsHealthCheck(old)))
            {
                if (Reserve(ref health, ledger) is { } problem)
                {
                    string asked = health == 0 ? "a" : "requested";
                    return ApiErrors.Internal($"failed to allocate {asked} HealthCheck NodePort {health}: {problem}");
                }
            }

            return spec with { Ports = ports, HealthCheckNodePort = health };
        }
    }

    /// <summary>The write took place or not: the services there are now say what is taken.</summary>
    public void Settle(List<int> taken)
    {
        lock (_gate)
        {
            _pending.ExceptWith(taken);
        }
    }

    /// <summary>Ports of a new service; entries for one of its ports (TCP and UDP) share their node port.</summary>
    private ApiResult<ApiList<ServicePort>> Give(Service service, Ledger ledger)
    {
        ServicePort[] ports = [.. service.Spec.Ports];
        Dictionary<int, int> byPort = [];
        bool allocates = ServiceTypes.AllocatesNodePorts(service.Spec);
        for (int i = 0; i < ports.Length; i++)
        {
            ServicePort port = ports[i];
            if (port.NodePort == 0 && !allocates)
            {
                continue;
            }

            bool known = byPort.TryGetValue(port.Port, out int number);
            if (known && port.NodePort is not 0 && port.NodePort != number)
            {
                number = port.NodePort;
                known = false;
            }
            else if (!known)
            {
                number = ports.FirstOrDefault(one => one.Port == port.Port && one.NodePort != 0)?.NodePort ?? 0;
            }

            if (!known)
            {
                if (Reserve(ref number, ledger) is { } problem)
                {
                    return Refusal(service, i, number, problem);
                }

                byPort.TryAdd(port.Port, number);
            }

            ports[i] = port.NodePort == 0 ? port with { NodePort = number } : port;
        }

        return ports.ToApiList();
    }

    /// <summary>Ports of a changed service: what it had it keeps.</summary>
    private ApiResult<ApiList<ServicePort>> Regive(Service service, ServiceSpec old, Ledger ledger)
    {
        ServicePort[] ports = [.. service.Spec.Ports];
        HashSet<int> had = [.. old.Ports.Select(port => port.NodePort)];
        HashSet<int> chosen = [];
        HashSet<(string Protocol, int Port)> seen = [];
        bool allocates = ServiceTypes.AllocatesNodePorts(service.Spec);
        for (int i = 0; i < ports.Length; i++)
        {
            int number = ports[i].NodePort;
            if (number == 0 && !allocates)
            {
                continue;
            }

            if (number == 0 || (!had.Contains(number) && chosen.Add(number)))
            {
                if (Reserve(ref number, ledger) is { } problem)
                {
                    return Refusal(service, i, number, problem);
                }
            }

            if (!seen.Add((ports[i].Protocol, number)))
            {
                return ApiErrors.Unclassified($"duplicate nodePort: {{{ports[i].Protocol} {number}}}");
            }

            ports[i] = ports[i] with { NodePort = number };
        }

        return ports.ToApiList();
    }

    private static Status Refusal(Service service, int index, int number, string problem)
    {
        if (number == 0)
        {
            return ApiErrors.Internal($"failed to allocate a nodePort: {problem}");
        }

        FieldErrors errors = new();
        errors.Invalid(FieldPath.Of("spec").Child("ports").Index(index).Child("nodePort"), number, problem);
        return ApiErrors.Invalid("", "Service", service.Metadata.Name, errors);
    }

    /// <summary>Takes the port, or any for 0; gives what is against it.</summary>
    private string? Reserve(ref int port, Ledger ledger)
    {
        (int first, int last) = config.ServiceNodePorts;
        if (port == 0)
        {
            port = ledger.IsDryRun ? Example(ledger) : Free(first, last, ledger.Used);
            if (port == 0)
            {
                return "range is full";
            }
        }
        else if (!ledger.IsDryRun && (port < first || port > last))
        {
            return $"provided port is not in the valid range. The range of valid ports is {first}-{last}";
        }
        else if (ledger.Used.Contains(port))
        {
            return "provided port is already allocated";
        }

        ledger.Used.Add(port);
        ledger.Taken.Add(port);
        if (!ledger.IsDryRun)
        {
            _pending.Add(port);
        }

        return null;
    }

    private static int Example(Ledger ledger) => ledger.Taken.Count == 0 ? FirstExample : ledger.Taken.Max() + 1;

    /// <summary>A free port, or 0 when there is none.</summary>
    private int Free(int first, int last, HashSet<int> used)
    {
        int count = last - first + 1;
        int start;
        lock (config.Random)
        {
            start = config.Random.Next(count);
        }

        for (int i = 0; i < count; i++)
        {
            int port = first + ((start + i) % count);
            if (!used.Contains(port))
            {
                return port;
            }
        }

        return 0;
    }

    private static IEnumerable<int> PortsOf(Service service) =>
        service.Spec.Ports.Select(port => port.NodePort)
            .Append(service.Spec.HealthCheckNodePort)
            .Where(port => port != 0);

    /// <summary>What is in use, and what of that was taken by this write.</summary>
    private sealed record Ledger(HashSet<int> Used, List<int> Taken, bool IsDryRun);
}
