using System.Buffers;
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Proxies;
using Keelson.Server.Http;
using Keelson.Server.Metrics;
using Keelson.Streaming.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>Shows containers' logs, which the kubelets have: <c>pods/NAME/log</c>.</summary>
internal sealed class PodLogResource(
    KubeletLocator kubelets,
    BackendTransports transports,
    IObjectLookup lookup,
    TimeProvider clock,
    ConnectionMetrics metrics)
    : ISpecialResource
{
    private const string Base64Protocol = "base64.binary.k8s.io";
    private const int BufferSize = 32 * 1024;

    public bool Serves(KindInfo kind, string subresource) =>
        kind is { Group: "", Resource: "pods" } && subresource == "log";

    public async Task ServeAsync(ResourceCall call)
    {
        if (call.Http.Request.Method != "GET")
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        if (!PodLogOptions.Read(call.Http.Request.Query).TryGet(out PodLogOptions? options, out Status? error)
            || !Locate(call, options).TryGet(out BackendUrl? url, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        if (url is null)
        {
            // Nothing has run yet, so there is nothing to show.
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        bool trusts = options.InsecureSkipTLSVerifyBackend;
        metrics.LogAsked(trusts);
        await ShowAsync(call, url, trusts ? transports.UnverifiedKubelet : transports.Kubelet);
    }

    /// <summary>Where the log is; null for a pod without a node.</summary>
    private ApiResult<BackendUrl?> Locate(ResourceCall call, PodLogOptions options)
    {
        (string @namespace, string name) = (call.Info.Namespace, call.Info.Name);
        if (options.Check(name) is { } invalid)
        {
            return invalid;
        }

        if (lookup.Find<Pod>(@namespace, name) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, name);
        }

        if (!PodContainers.Choose(pod, options.Container).TryGet(out string? container, out Status? error))
        {
            return error;
        }

        if (pod.Spec.NodeName.Length == 0)
        {
            return (BackendUrl?)null;
        }

        string path = $"/containerLogs/{@namespace}/{name}/{container}";
        return kubelets.Find(pod.Spec.NodeName).TryGet(out KubeletAddress? kubelet, out error)
            ? new BackendUrl("https", kubelet.Host, kubelet.Port, path, GoUrl.Query(options.ToQuery()))
            : error;
    }

    private async Task ShowAsync(ResourceCall call, BackendUrl url, BackendTransport transport)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, (Uri?)null);
        request.Headers.Host = url.Authority;
        HttpResponseMessage response;
        try
        {
            response = await transport.SendAsync(url, request, call.Aborted);
        }
        catch (BackendException exception)
        {
            if (exception.IsDistrust)
            {
                metrics.LogDistrusted();
            }

            await call.WriteAsync(ApiErrors.Unclassified($"Get \"{url}\": {exception.Message}"));
            return;
        }

        using (response)
        {
            if (await KubeletErrors.OfAsync(response, call.Info.Name, call.Aborted) is { } error)
            {
                await call.WriteAsync(error);
                return;
            }

            await using Stream log = await response.Content.ReadAsStreamAsync(call.Aborted);
            if (ProxyHeaders.IsWebSocket(call.Http.Request))
            {
                await SendAsync(call, log);
                return;
            }

            call.Http.Response.ContentType = "text/plain";
            await call.Http.Response.StartAsync(call.Aborted);
            await StreamRelay.CopyAsync(log, call.Http.Response.Body, call.Aborted);
        }
    }

    /// <summary>Sends a log through a WebSocket: as it is, or as base64 for clients that can't take bytes.</summary>
    private async Task SendAsync(ResourceCall call, Stream log)
    {
        IReadOnlyList<string> offered = WebSocketAnswer.Offered(call.Http);
        string? protocol = offered.Count == 0
            ? ""
            : offered.FirstOrDefault(one => one is "binary.k8s.io" or Base64Protocol);
        if (protocol is null)
        {
            await PlainAnswer.ErrorAsync(call.Http, StatusCodes.Status403Forbidden, "");
            return;
        }

        using WebSocket? socket = await WebSocketAnswer.AcceptAsync(call.Http, protocol);
        if (socket is null)
        {
            return;
        }

        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        Task listening = ListenAsync(socket, gone);
        try
        {
            await SendAllAsync(socket, log, protocol == Base64Protocol, gone.Token);
        }
        catch (Exception exception) when (exception is IOException or WebSocketException or OperationCanceledException)
        {
            // The client or the kubelet is gone.
        }

        await WebSocketByteStream.SayGoodbyeAsync(socket);
        await WebSocketAnswer.AwaitEndAsync(call.Http, listening, clock);
    }

    private static async Task SendAllAsync(WebSocket socket, Stream log, bool asText, CancellationToken cancellation)
    {
        WebSocketMessageType type = asText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // An empty message first shows that the log was found.
            int count = 0;
            do
            {
                ReadOnlyMemory<byte> part = buffer.AsMemory(0, count);
                part = asText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(part.Span)) : part;
                await socket.SendAsync(part, type, endOfMessage: true, cancellation);
                count = await log.ReadAsync(buffer, cancellation);
            }
            while (count > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What the client says is not heard, but its end is.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource gone)
    {
        byte[] ignored = new byte[1024];
        try
        {
            WebSocketMessageType type;
            do
            {
                type = (await socket.ReceiveAsync(ignored.AsMemory(), CancellationToken.None)).MessageType;
            }
            while (type != WebSocketMessageType.Close);
        }
        catch (Exception exception) when (exception is IOException or WebSocketException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            // Gone without a goodbye.
        }

        await gone.CancelAsync();
    }
}
