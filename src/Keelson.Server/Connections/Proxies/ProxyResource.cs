using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Kubelets;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Passes requests on to pods, services and nodes: <c>/proxy</c> with whatever stands behind it.</summary>
internal sealed class ProxyResource(
    ConnectSteps steps, KubeletLocator kubelets, BackendTransports transports, IObjectLookup lookup, Random random)
    : ISpecialResource
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    private readonly ServiceEndpoints _services = new(lookup, random);

    public bool TakesEveryMethod => true;

    public bool Serves(KindInfo kind, string subresource) =>
        kind.Group.Length == 0 && kind.Resource is "pods" or "services" or "nodes" && subresource == "proxy";

    public async Task ServeAsync(ResourceCall call)
    {
        if (!Methods.Contains(call.Http.Request.Method))
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        if (ConnectSteps.RefuseDryRun(call) is { } refused)
        {
            await call.WriteAsync(refused);
            return;
        }

        ConnectSteps.AllowPauses(call);
        string path = PathOf(call.Http);
        ProxyOptions options = new(call.Kind.Info.Kind + "ProxyOptions", PathBehind(path));
        if (await steps.AdmitAsync(call, options) is { } refusal)
        {
            await call.WriteAsync(refusal);
            return;
        }

        ApiResult<(BackendUrl Url, BackendTransport Transport)> located = call.Kind.Info.Resource switch
        {
            "pods" => LocatePod(call),
            "services" => LocateService(call),
            _ => await LocateNodeAsync(call),
        };
        if (!located.TryGet(out var backend, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        BackendUrl url = backend.Url with
        {
            Path = GoUrl.CleanPath(options.Path),
            Query = call.Http.Request.QueryString.Value is { Length: > 1 } query ? query[1..] : "",
        };
        if (ProxyHeaders.IsUpgrade(call.Http.Request))
        {
            await UpgradeProxy.ServeAsync(call, url, backend.Transport);
        }
        else if (url.Path.Length == 0 && call.Http.Request.Method is "GET" or "HEAD")
        {
            // Relative links of a page lead to the right place only behind a slash.
            call.Http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            call.Http.Response.Headers.Location = path + "/" + call.Http.Request.QueryString.Value;
        }
        else
        {
            await ReverseProxy.ServeAsync(call, url, backend.Transport, path);
        }
    }

    private ApiResult<(BackendUrl Url, BackendTransport Transport)> LocatePod(ResourceCall call)
    {
        if (!ProxyTarget.Parse("pod", call.Info.Name).TryGet(out ProxyTarget target, out Status? error))
        {
            return error;
        }

        if (lookup.Find<Pod>(call.Info.Namespace, target.Name) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, target.Name);
        }

        string port = target.Port;
        if (port.Length == 0 && pod.Spec.Containers.FirstOrDefault(one => one.Ports.Count > 0) is { } container)
        {
            port = container.Ports[0].ContainerPortValue.ToString(CultureInfo.InvariantCulture);
        }

        string address = pod.Status.PodIPs.Count > 0 ? pod.Status.PodIPs[0].Ip : "";
        return ProxyTarget.IsAllowed(address)
            ? To(target.SchemeOrHttp, address, port, transports.Pods)
            : ApiErrors.BadRequest("address not allowed");
    }

    private ApiResult<(BackendUrl Url, BackendTransport Transport)> LocateService(ResourceCall call)
    {
        string id = call.Info.Name;
        return ProxyTarget.Parse("service", id).TryGet(out ProxyTarget target, out Status? error)
            && _services.Choose(id, call.Info.Namespace, target).TryGet(out var endpoint, out error)
            ? To(target.SchemeOrHttp, endpoint.Address, endpoint.Port, transports.Pods)
            : error;
    }

    private async ValueTask<ApiResult<(BackendUrl Url, BackendTransport Transport)>> LocateNodeAsync(ResourceCall call)
    {
        if (!ProxyTarget.Parse("node", call.Info.Name).TryGet(out ProxyTarget target, out Status? error)
            || !kubelets.Find(target.Name).TryGet(out KubeletAddress? kubelet, out error))
        {
            return error;
        }

        if (target.Port.Length == 0 || target.Port == kubelet.Port)
        {
            return To("https", kubelet.Host, kubelet.Port, transports.Kubelet);
        }

        return await RefuseHostAsync(kubelet.Host, call.Aborted) is { } refused
            ? refused
            : To(target.SchemeOrHttp, kubelet.Host, target.Port, transports.Pods);
    }

    /// <summary>Refuses hosts with an address that may not be reached; null for hosts that may.</summary>
    private static async ValueTask<Status?> RefuseHostAsync(string host, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellation);
            return addresses.Length > 0 && addresses.All(one => ProxyTarget.IsAllowed(one.ToString()))
                ? null
                : ApiErrors.BadRequest(addresses.Length == 0 ? "no addresses for hostname" : "address not allowed");
        }
        catch (SocketException)
        {
            return ApiErrors.BadRequest($"lookup {host}: no such host");
        }
    }

    private static (BackendUrl Url, BackendTransport Transport) To(
        string scheme, string host, string port, BackendTransport transport) =>
        (new BackendUrl(scheme, host, port, "", ""), transport);

    /// <summary>The path as Go's server sees it: every escape resolved.</summary>
    private static string PathOf(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string path = target.StartsWith('/') ? target.Split('?')[0] : http.Request.Path.Value ?? "/";
        return GoUrl.UnescapePath(path);
    }

    /// <summary>What stands behind <c>/proxy</c>, a slash at its end kept.</summary>
    private static string PathBehind(string path)
    {
        // /api/v1/namespaces/NS/pods/NAME/proxy/… or /api/v1/nodes/NAME/proxy/…
        string[] segments = path.Trim('/').Split('/');
        int skip = segments.Length > 2 && segments[2] == "namespaces" ? 7 : 5;
        string behind = string.Join('/', segments.Skip(skip));
        behind = behind.Length > 0 && !behind.StartsWith('/') ? "/" + behind : behind;
        return path.EndsWith('/') && !behind.EndsWith('/') ? behind + "/" : behind;
    }
}
