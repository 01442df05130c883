using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Server.Backends;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/containerLogs/NAMESPACE/POD/CONTAINER</c>: what a container wrote.</summary>
internal static class ContainerLogEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        (string podNamespace, string podName, string container) = (call.Path[1], call.Path[2], call.Path[3]);
        string missing = podName.Length == 0 ? "podID" : container.Length == 0 ? "container name"
            : podNamespace.Length == 0 ? "podNamespace" : "";
        if (missing.Length > 0)
        {
            await call.TextAsync($"{{\"message\": \"Missing {missing}.\"}}", 400);
            return;
        }

        DateTimeOffset now = call.Clock.GetUtcNow();
        IQueryCollection query = call.Http.Request.Query;
        if (ContainerLogOptions.Read(query, now, out (int Code, string Text) error) is not { } options)
        {
            await call.TextAsync(error.Text, error.Code);
            return;
        }

        if (call.Node.Pods.Find(podNamespace, podName) is not { } pod)
        {
            await call.TextAsync($"pod {GoText.Quote(podName)} does not exist\n", 404);
            return;
        }

        if (!IsDeclared(pod, container))
        {
            await call.TextAsync(
                $"container {GoText.Quote(container)} not found in pod {GoText.Quote(podName)}\n", 404);
            return;
        }

        (string id, string refusal) = RunOf(pod, container, options.Previous);
        if (refusal.Length > 0)
        {
            await call.TextAsync(refusal, 400);
            return;
        }

        await WriteAsync(call, options, new ContainerLogSource(
            pod, container, id, options.Previous, options.TailLines, options.Follow && !options.Previous));
    }

    private static async Task WriteAsync(KubeletCall call, ContainerLogOptions options, ContainerLogSource source)
    {
        KubeletResult<IAsyncEnumerable<ContainerLogEntry>> opened =
            await call.Node.Logs.OpenAsync(source, call.Aborted);
        if (opened.Value is not { } entries)
        {
            await call.RefuseAsync(opened.Refusal!);
            return;
        }

        call.Http.Response.ContentType = "text/plain";
        await call.Http.Response.StartAsync(call.Aborted);
        ContainerLogWriter writer = new(call.Http.Response.BodyWriter, options);
        await writer.WriteAsync(entries, call.Aborted);
    }

    private static bool IsDeclared(Pod pod, string container) =>
        pod.Spec.Containers.Any(one => one.Name == container)
        || pod.Spec.InitContainers.Any(one => one.Name == container)
        || pod.Spec.EphemeralContainers.Any(one => one.EphemeralContainerCommon.Name == container);

    /// <summary>The run whose log is meant, or why there is none.</summary>
    internal static (string Id, string Refusal) RunOf(Pod pod, string container, bool isPrevious)
    {
        string about = $"container {GoText.Quote(container)} in pod {GoText.Quote(pod.Metadata.Name)}";
        ContainerStatus? status = pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses)
            .Concat(pod.Status.EphemeralContainerStatuses).FirstOrDefault(one => one.Name == container);
        if (status is null)
        {
            return ("", about + " is not available");
        }

        string last = status.LastState.Terminated?.ContainerID ?? "";
        if (isPrevious)
        {
            return last.Length > 0 ? (last, "") : ("", "previous terminated " + about + " not found");
        }

        if (status.State.Running is not null)
        {
            return (status.ContainerID, "");
        }

        // Where the next run has not started yet, the last one speaks.
        if (status.State.Terminated is { } terminated)
        {
            string id = terminated.ContainerID.Length > 0 ? terminated.ContainerID : last;
            return id.Length > 0 ? (id, "") : ("", about + " is terminated");
        }

        if (status.LastState.Terminated is not null)
        {
            return last.Length > 0 ? (last, "") : ("", about + " is terminated");
        }

        return ("", about + status.State.Waiting?.Reason switch
        {
            null => " is waiting to start - no logs yet",
            "ErrImagePull" => " is waiting to start: image can't be pulled",
            "ImagePullBackOff" => " is waiting to start: trying and failing to pull image",
            var reason => " is waiting to start: " + reason,
        });
    }
}
