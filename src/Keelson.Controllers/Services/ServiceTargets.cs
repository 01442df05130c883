using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Services;

/// <summary>What services select, and where they send to on a pod.</summary>
internal static class ServiceTargets
{
    /// <summary>True for a service without an address of its own.</summary>
    public static bool IsHeadless(Service service) => service.Spec.ClusterIP == "None";

    /// <summary>True when the service's selector matches the pod's labels.</summary>
    public static bool Selects(Service service, ApiMap<string> labels)
    {
        if (service.Spec.Selector.Count == 0)
        {
            return false;
        }

        foreach (KeyValuePair<string, string> wanted in service.Spec.Selector)
        {
            if (labels.GetValueOrDefault(wanted.Key) != wanted.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The port on a pod that a service's port means; null when the pod has no port of that name.</summary>
    public static int? PortOn(Pod pod, ServicePort port)
    {
        if (!port.TargetPort.IsText)
        {
            return port.TargetPort.Number;
        }

        foreach (Container container in pod.Spec.Containers)
        {
            if (PortOn(container, port) is { } number)
            {
                return number;
            }
        }

        foreach (Container container in pod.Spec.InitContainers)
        {
            if (container.RestartPolicy == "Always" && PortOn(container, port) is { } number)
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>The pod's host name, when it is one in the service's domain.</summary>
    public static string? HostnameIn(Service service, Pod pod) =>
        pod.Spec.Hostname.Length > 0
            && pod.Spec.Subdomain == service.Metadata.Name
            && pod.Metadata.Namespace == service.Metadata.Namespace
            ? pod.Spec.Hostname
            : null;

    private static int? PortOn(Container container, ServicePort port)
    {
        foreach (ContainerPort one in container.Ports)
        {
            if (one.Name == port.TargetPort.Text && one.Protocol == port.Protocol)
            {
                return one.ContainerPortValue;
            }
        }

        return null;
    }
}
