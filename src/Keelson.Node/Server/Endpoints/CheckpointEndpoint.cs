using System.Globalization;
using System.Text;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>POST /checkpoint/NAMESPACE/POD/CONTAINER</c>: what a container is, written into a file.</summary>
internal static class CheckpointEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        (string podNamespace, string podName, string container) = (call.Path[1], call.Path[2], call.Path[3]);
        if (call.Node.Pods.Find(podNamespace, podName) is not { } pod)
        {
            await call.TextAsync("pod does not exist", 404);
            return;
        }

        bool isThere = pod.Spec.Containers.Any(one => one.Name == container)
            || pod.Spec.InitContainers.Any(one => one.Name == container)
            || pod.Spec.EphemeralContainers.Any(one => one.EphemeralContainerCommon.Name == container);
        if (!isThere)
        {
            await call.TextAsync($"container {container} does not exist", 404);
            return;
        }

        string text = call.Query("timeout");
        long seconds = 0;
        if (text.Length > 0
            && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seconds))
        {
            await call.TextAsync(
                $"cannot parse value of timeout parameter: strconv.ParseInt: parsing {GoText.Quote(text)}: "
                + "invalid syntax",
                400);
            return;
        }

        if (call.Node.Checkpoint is not { } checkpoint)
        {
            await call.TextAsync("404: Page Not Found", 404);
            return;
        }

        KubeletResult<string> made = await checkpoint(pod, container, seconds, call.Aborted);
        if (made.Value is not { } file)
        {
            (int code, string why) = made.Refusal!;
            await call.TextAsync(
                $"checkpointing of {podNamespace}/{podName}/{container} failed ({why})", code);
            return;
        }

        await call.JsonAsync(Encoding.UTF8.GetBytes($"{{\"items\":[\"{file}\"]}}"));
    }
}
