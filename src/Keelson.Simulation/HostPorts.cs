using Keelson.Api.Core.V1;

namespace Keelson.Simulation;

/// <summary>Why a node does not take a pod.</summary>
/// <param name="Reason">The reason of the pod's status.</param>
/// <param name="Message">The message of the pod's status.</param>
internal sealed record PodRefusal(string Reason, string Message);

/// <summary>The ports of the node that pods take.</summary>
internal static class HostPorts
{
    private const string AnyAddress = "0.0.0.0";

    /// <summary>Refuses a pod that wants a port which another on the node has, in the kubelet's words.</summary>
    public static PodRefusal? Refuse(Pod pod, IEnumerable<Pod> others)
    {
        (string, string, int)[] wanted = [.. Of(pod)];
        bool isTaken = wanted.Length > 0 && others.SelectMany(Of).Any(taken => wanted.Any(one => Conflict(one, taken)));
        return isTaken
            ? new(
                "NodePorts",
                "Pod was rejected: Predicate NodePorts failed: "
                    + "node(s) didn't have free ports for the requested pod ports")
            : null;
    }

    private static bool Conflict(
        (string Address, string Protocol, int Port) left, (string Address, string Protocol, int Port) right) =>
        left.Port == right.Port && left.Protocol == right.Protocol
        && (left.Address == right.Address || left.Address == AnyAddress || right.Address == AnyAddress);

    private static IEnumerable<(string Address, string Protocol, int Port)> Of(Pod pod) =>
        from container in pod.Spec.Containers
        from port in container.Ports
        where port.HostPort > 0
        select (port.HostIP.Length == 0 ? AnyAddress : port.HostIP, port.Protocol, (int)port.HostPort);
}
