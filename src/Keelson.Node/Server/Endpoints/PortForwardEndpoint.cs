using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Streams;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/portForward/NAMESPACE/POD[/UID]</c>: connections to ports of a pod.</summary>
internal static class PortForwardEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        List<int> ports = [];
        string listed = string.Join(',', call.Http.Request.Query["port"].OfType<string>());
        foreach (string text in listed.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                await call.TextAsync($"unable to parse {GoText.Quote(text)} as a port: strconv.ParseUint: "
                    + $"parsing {GoText.Quote(text)}: invalid syntax", 400);
                return;
            }

            if (port < 1)
            {
                await call.TextAsync($"port {GoText.Quote(text)} must be > 0", 400);
                return;
            }

            ports.Add(port);
        }

        if (call.Node.Pods.Find(call.Path[1], call.Path[2]) is not { } pod)
        {
            await call.TextAsync("pod does not exist", 404);
            return;
        }

        if (call.Path is [_, _, _, var uid] && uid != pod.Metadata.Uid)
        {
            await call.TextAsync("pod not found", 404);
            return;
        }

        var running = await call.Node.Pods.RunningAsync(call.Aborted);
        if (!running.Any(one => one.Metadata.Uid == pod.Metadata.Uid))
        {
            string name = GoText.Quote($"{pod.Metadata.Name}_{pod.Metadata.Namespace}");
            await call.TextAsync($"pod not found ({name})", 500);
            return;
        }

        KubeletResult<PortDialer> prepared = await call.Node.Streams.ForwardAsync(pod, call.Aborted);
        await (prepared.Value is { } dial
            ? new PortForwardSession(call, pod, dial).ServeAsync(ports)
            : call.RefuseAsync(prepared.Refusal!));
    }
}
