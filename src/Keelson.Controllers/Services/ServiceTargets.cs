using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Controllers.Pods;
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

    /// <summary>The pod's address of a family; null when it has none.</summary>
    public static string? AddressOn(Pod pod, string family)
    {
        AddressFamily wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        foreach (PodIP one in pod.Status.PodIPs)
        {
            if (IPAddress.TryParse(one.Ip, out IPAddress? parsed) && parsed.AddressFamily == wanted)
            {
                return one.Ip;
            }
        }

        return pod.Status.PodIPs.Count == 0
            && IPAddress.TryParse(pod.Status.PodIP, out IPAddress? only)
            && only.AddressFamily == wanted
            ? pod.Status.PodIP
            : null;
    }

    /// <summary>A pod concerns the services that select it, before and after; a change that no endpoint shows concerns
    /// none.</summary>
    public static IEnumerable<ObjectKey> KeysOf(IInformer<Service> services, Pod? old, Pod? now)
    {
        if (old is not null && now is not null && !IsSeen(old, now))
        {
            return [];
        }

        Pod pod = (now ?? old)!;
        return services.List(pod.Metadata.Namespace)
            .Where(one => Selects(one, pod.Metadata.Labels)
                || (old is not null && Selects(one, old.Metadata.Labels)))
            .Select(ObjectKey.Of);
    }

    private static bool IsSeen(Pod old, Pod now) =>
        PodFacts.IsReady(old) != PodFacts.IsReady(now)
        || PodFacts.IsEnded(old) != PodFacts.IsEnded(now)
        || old.Metadata.DeletionTimestamp is null != now.Metadata.DeletionTimestamp is null
        || old.Status.PodIPs != now.Status.PodIPs
        || old.Status.PodIP != now.Status.PodIP
        || old.Spec.NodeName != now.Spec.NodeName
        || old.Metadata.Labels != now.Metadata.Labels;

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
