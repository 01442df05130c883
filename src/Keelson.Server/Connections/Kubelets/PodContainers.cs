using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>Which container of a pod a call is about.</summary>
internal static class PodContainers
{
    /// <summary>The container named, or the only one.</summary>
    public static ApiResult<string> Choose(Pod pod, string container)
    {
        string name = pod.Metadata.Name;
        if (container.Length > 0)
        {
            return NamesOf(pod).Contains(container)
                ? container
                : ApiErrors.BadRequest($"container {container} is not valid for pod {name}");
        }

        return pod.Spec.Containers.Count switch
        {
            1 => pod.Spec.Containers[0].Name,
            0 => ApiErrors.BadRequest($"a container name must be specified for pod {name}"),
            _ => ApiErrors.BadRequest(
                $"a container name must be specified for pod {name}, "
                + $"choose one of: [{string.Join(' ', NamesOf(pod))}]"),
        };
    }

    private static IEnumerable<string> NamesOf(Pod pod) =>
    [
        .. pod.Spec.InitContainers.Select(one => one.Name),
        .. pod.Spec.Containers.Select(one => one.Name),
        .. pod.Spec.EphemeralContainers.Select(one => one.EphemeralContainerCommon.Name),
    ];
}
