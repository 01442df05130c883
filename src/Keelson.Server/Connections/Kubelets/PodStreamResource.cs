using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Proxies;
using Keelson.Server.Http;
using Keelson.Server.Metrics;
using Keelson.Streaming.RemoteCommand;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>
/// Connects clients with what runs in pods: exec, attach, portforward. The kubelet does the work; the server finds it,
/// says who it is, and carries the bytes. WebSockets are put into SPDY for kubelets that do not take them.
/// </summary>
internal sealed class PodStreamResource(
    ConnectSteps steps,
    KubeletLocator kubelets,
    BackendTransports transports,
    IObjectLookup lookup,
    TimeProvider clock,
    ConnectionMetrics metrics)
    : ISpecialResource
{
    public bool Serves(KindInfo kind, string subresource) =>
        kind is { Group: "", Resource: "pods" } && subresource is "exec" or "attach" or "portforward";

    public async Task ServeAsync(ResourceCall call)
    {
        if (call.Http.Request.Method is not ("GET" or "POST"))
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        Status? error = ConnectSteps.RefuseDryRun(call);
        if (error is not null || !OptionsOf(call).TryGet(out ConnectOptions? options, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        error = await steps.AdmitAsync(call, options) ?? await steps.RequireCreateAsync(call);
        if (error is not null || !Locate(call, options).TryGet(out var location, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        metrics.Connecting(call.Info.Subresource, location.Kubelet.TakesWebSockets);
        ConnectSteps.AllowPauses(call);
        await ConnectAsync(call, options, location.Url, location.Kubelet);
    }

    private async Task ConnectAsync(ResourceCall call, ConnectOptions options, BackendUrl url, KubeletAddress kubelet)
    {
        if (options is RemoteCommandOptions command && !kubelet.TakesWebSockets && StreamTranslator.Concerns(call))
        {
            StreamTranslator translator = new(url, transports.Kubelet, command.Streams, clock);
            metrics.Translated(await translator.ServeAsync(call));
        }
        else if (options is PortForwardOptions && !kubelet.TakesWebSockets && SpdyTunnel.Concerns(call))
        {
            await SpdyTunnel.ServeAsync(call, url, transports.Kubelet);
            metrics.Tunnelled(call.Http.Response.StatusCode);
        }
        else if (ProxyHeaders.IsUpgrade(call.Http.Request))
        {
            await UpgradeProxy.ServeAsync(call, url, transports.Kubelet);
        }
        else
        {
            await call.WriteAsync(ApiErrors.BadRequest("Upgrade request required"));
        }
    }

    private static ApiResult<ConnectOptions> OptionsOf(ResourceCall call)
    {
        IQueryCollection query = call.Http.Request.Query;
        if (call.Info.Subresource == "portforward")
        {
            return QueryValues.Ports(query, "ports").TryGet(out ApiList<int> ports, out Status? error)
                ? new PortForwardOptions(ports)
                : error;
        }

        StreamSelection streams = new(
            QueryValues.Truth(query, "stdin"),
            QueryValues.Truth(query, "stdout"),
            QueryValues.Truth(query, "stderr"),
            QueryValues.Truth(query, "tty"));
        string container = QueryValues.Text(query, "container");
        bool isExec = call.Info.Subresource == "exec";
        return new RemoteCommandOptions(
            isExec ? "PodExecOptions" : "PodAttachOptions",
            streams,
            container,
            isExec ? QueryValues.Texts(query, "command").ToArray() : null);
    }

    private ApiResult<(BackendUrl Url, KubeletAddress Kubelet)> Locate(ResourceCall call, ConnectOptions options)
    {
        (string @namespace, string name) = (call.Info.Namespace, call.Info.Name);
        if (lookup.Find<Pod>(@namespace, name) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, name);
        }

        Status? error = null;
        string container = "";
        if (options is RemoteCommandOptions command
            && !PodContainers.Choose(pod, command.Container).TryGet(out container!, out error))
        {
            return error;
        }

        if (pod.Spec.NodeName.Length == 0)
        {
            return ApiErrors.BadRequest($"pod {name} does not have a host assigned");
        }

        if (!kubelets.Find(pod.Spec.NodeName).TryGet(out KubeletAddress? kubelet, out error))
        {
            return error;
        }

        string path = options is PortForwardOptions
            ? $"/portForward/{@namespace}/{name}"
            : $"/{call.Info.Subresource}/{@namespace}/{name}/{container}";
        return (new BackendUrl("https", kubelet.Host, kubelet.Port, path, GoUrl.Query(QueryOf(options))), kubelet);
    }

    private static IEnumerable<(string, string)> QueryOf(ConnectOptions options)
    {
        if (options is PortForwardOptions { Ports.Count: > 0 } forward)
        {
            yield return ("port", string.Join(',', forward.Ports));
        }

        if (options is not RemoteCommandOptions command)
        {
            yield break;
        }

        foreach ((string name, bool wanted) in Wanted(command.Streams))
        {
            if (wanted)
            {
                yield return (name, "1");
            }
        }

        foreach ((string, string) part in (command.Command ?? default).Select(one => ("command", one)))
        {
            yield return part;
        }
    }

    private static (string Name, bool Wanted)[] Wanted(StreamSelection streams) =>
        [("input", streams.Stdin), ("output", streams.Stdout), ("error", streams.Stderr), ("tty", streams.Tty)];
}
