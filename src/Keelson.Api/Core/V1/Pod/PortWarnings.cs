using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Warnings about ports of a pod's containers that get into each other's way.</summary>
internal static class PortWarnings
{
    public static void Add(PodSpec spec, FieldPath path, List<string> warnings)
    {
        List<(FieldPath Path, ContainerPort Port)> seen = [];
        spec.VisitContainers(path, (container, at) =>
        {
            for (int i = 0; i < container.Ports.Count; i++)
            {
                ContainerPort port = container.Ports[i];
                FieldPath here = at.Child("ports").Index(i);
                if (port.HostIP.Length > 0 && port.HostPort == 0)
                {
                    warnings.Add($"{here}: hostIP set without hostPort: {Render(port)}");
                }

                foreach ((FieldPath otherPath, ContainerPort other) in seen)
                {
                    if (other.ContainerPortValue == port.ContainerPortValue && other.Protocol == port.Protocol
                        && Conflict(port, other) is { } text)
                    {
                        warnings.Add($"{here}: {text} port definition with {otherPath}");
                    }
                }

                seen.Add((here, port));
            }
        });
        AddNames(spec, path, warnings);
    }

    /// <summary>Containers of a pod should name their ports apart, for the first one of a name wins.</summary>
    private static void AddNames(PodSpec spec, FieldPath path, List<string> warnings)
    {
        Dictionary<string, FieldPath> names = new(StringComparer.Ordinal);
        Visit(spec.InitContainers, "initContainers");
        Visit(spec.Containers, "containers");

        void Visit(ApiList<Container> containers, string field)
        {
            for (int i = 0; i < containers.Count; i++)
            {
                for (int j = 0; j < containers[i].Ports.Count; j++)
                {
                    string name = containers[i].Ports[j].Name;
                    FieldPath here = path.Child(field).Index(i).Child("ports").Index(j);
                    if (name.Length > 0 && !names.TryAdd(name, here))
                    {
                        warnings.Add(
                            $"{here}: duplicate port name {GoText.Quote(name)} with {names[name]}, services and probes "
                            + $"that select ports by name will use {names[name]}");
                    }
                }
            }
        }
    }

    private static string? Conflict(ContainerPort port, ContainerPort other)
    {
        if (port.HostIP == other.HostIP && port.HostPort == other.HostPort)
        {
            return "duplicate";
        }

        if (port.HostPort == 0 || other.HostPort == 0)
        {
            return "overlapping";
        }

        return port.HostPort == other.HostPort && port.HostIP.Length == 0 != (other.HostIP.Length == 0)
            ? "dangerously ambiguous"
            : null;
    }

    /// <summary>A port as Go prints a struct.</summary>
    private static string Render(ContainerPort port) =>
        $"{{Name:{port.Name} HostPort:{port.HostPort} ContainerPort:{port.ContainerPortValue} Protocol:{port.Protocol} "
        + $"HostIP:{port.HostIP}}}";
}
