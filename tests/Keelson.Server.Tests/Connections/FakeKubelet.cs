using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Keelson.Server.Authentication;
using Keelson.Server.Connections.Proxies;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.Spdy;
using Keelson.Streaming.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keelson.Server.Tests.Connections;

/// <summary>What a kubelet was asked.</summary>
internal sealed record KubeletRequest(
    string Method, string Target, string Upgrade, string Peer, IHeaderDictionary Headers);

/// <summary>
/// A kubelet over HTTPS whose containers run a few commands of their own: <c>cat</c>, <c>echo TEXT</c>, <c>exit N</c>,
/// <c>size</c> (prints the terminal's size). Forwarded ports answer in capitals. The log has two lines, and a third,
/// when it is followed, once <see cref="Grow"/> is done.
/// </summary>
internal sealed class FakeKubelet : IAsyncDisposable
{
    private readonly WebApplication _web;

    private FakeKubelet(IServingCertificateSource certificates)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(ServingTls.Options(certificates));
            }));
        _web = builder.Build();
        _web.Run(ServeAsync);
    }

    public int Port { get; private set; }

    public ConcurrentQueue<KubeletRequest> Requests { get; } = new();

    public TaskCompletionSource Grow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a command's streams did.</summary>
    public TaskCompletionSource CommandEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeKubelet> StartAsync(IServingCertificateSource certificates)
    {
        FakeKubelet kubelet = new(certificates);
        await kubelet._web.StartAsync();
        IServer server = kubelet._web.Services.GetRequiredService<IServer>();
        kubelet.Port = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return kubelet;
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext http)
    {
        string peer = ServingTls.PeerOf(http)?.Certificate.Subject ?? "";
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        HeaderDictionary headers = new(http.Request.Headers.ToDictionary());
        Requests.Enqueue(new(http.Request.Method, target, http.Request.Headers.Upgrade.ToString(), peer, headers));
        string[] path = http.Request.Path.Value!.Trim('/').Split('/');
        await (path switch
        {
            ["containerLogs", _, "silent", _] => RefuseAsync(http, 404, "no log here"),
            ["containerLogs", _, "early", _] =>
                RefuseAsync(http, 400, "container \"c\" in pod \"early\" is waiting to start"),
            ["containerLogs", ..] => LogAsync(http),
            ["exec", _, "gone", _] => RefuseAsync(http, 404, "container not found (\"c\")\n"),
            ["exec" or "attach", ..] => CommandAsync(http),
            ["portForward", ..] => ForwardAsync(http),
            ["page", ..] => PageAsync(http),
            ["cut", ..] => CutAsync(http),
            ["echo", ..] => http.Request.Body.CopyToAsync(http.Response.Body),
            _ => RefuseAsync(http, 404, "404 page not found\n"),
        });
    }

    private static Task RefuseAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        return http.Response.WriteAsync(text);
    }

    private static Task PageAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return http.Response.WriteAsync(
            "<A HREF='/other?x=1&amp;y'>ü</A><script>if (a < b) '<a href=\"/no\">'</script><img src=\"logo.png\"/>");
    }

    private static async Task CutAsync(HttpContext http)
    {
        await http.Response.WriteAsync("half");
        await http.Response.Body.FlushAsync();
        http.Abort();
    }

    private async Task LogAsync(HttpContext http)
    {
        await http.Response.WriteAsync("one\ntwo\n");
        if (http.Request.Query["follow"] == "true")
        {
            await http.Response.Body.FlushAsync();
            await Grow.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync("three\n");
        }
    }

    private async Task CommandAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        StreamSelection selection = new(
            query["input"] == "1", query["output"] == "1", query["error"] == "1", query["tty"] == "1");
        string[] command = http.Request.Path.StartsWithSegments("/attach")
            ? ["cat"]
            : [.. query["command"].OfType<string>()];
        try
        {
            await (ProxyHeaders.IsWebSocket(http.Request) ? OverWebSocketAsync(http, command) : OverSpdyAsync(http, selection, command));
        }
        finally
        {
            CommandEnded.TrySetResult();
        }
    }

    private static async Task<Stream> UpgradeAsync(HttpContext http, string protocol)
    {
        http.Response.Headers.Upgrade = "SPDY/3.1";
        http.Response.Headers["X-Stream-Protocol-Version"] = protocol;
        return await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static async Task OverSpdyAsync(HttpContext http, StreamSelection selection, string[] command)
    {
        await using SpdyConnection connection = SpdyConnection.AsServer(await UpgradeAsync(http, "v4.channel.k8s.io"));
        RemoteCommandStreams streams = await RemoteCommandStreams.AcceptAsync(
            connection, selection, true, http.RequestAborted);
        Stream stdout = (Stream?)streams.Stdout ?? Stream.Null;
        string status = await RunAsync(command, streams.Stdin, stdout, streams.Resize);
        await streams.Error.WriteAsync(Encoding.UTF8.GetBytes(status), http.RequestAborted);
        foreach (SpdyStream? stream in (SpdyStream?[])[streams.Stdout, streams.Stderr, streams.Error])
        {
            await (stream?.CompleteWritesAsync() ?? default);
        }

        await Task.WhenAny(connection.Completion, Task.Delay(200));
    }

    private static async Task OverWebSocketAsync(HttpContext http, string[] command)
    {
        using WebSocket? socket = await WebSocketAnswer.AcceptAsync(http, "v5.channel.k8s.io");
        ChannelSocket channels = new(socket!);
        await channels.SendAsync(StreamChannels.Stdout, default, http.RequestAborted);
        using MemoryStream stdout = new();
        string status = await RunAsync(command, null, stdout, null);
        await channels.SendAsync(StreamChannels.Stdout, stdout.ToArray(), http.RequestAborted);
        await channels.SendAsync(StreamChannels.Error, Encoding.UTF8.GetBytes(status), http.RequestAborted);
        await channels.SayGoodbyeAsync();
        await channels.ReceiveAsync((_, _) => default, http.RequestAborted);
    }

    /// <summary>Runs a command; gives the status as kubelets send it.</summary>
    private static async Task<string> RunAsync(string[] command, Stream? stdin, Stream stdout, Stream? resize)
    {
        switch (command)
        {
            case ["cat"]:
                await stdin!.CopyToAsync(stdout);
                break;
            case ["echo", ..]:
                await stdout.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', command[1..]) + "\n"));
                break;
            case ["size"]:
                byte[] size = new byte[100];
                await stdout.WriteAsync(size.AsMemory(0, await resize!.ReadAsync(size)));
                break;
            case ["exit", var code]:
                return "{\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\""
                    + code + "\"}]},\"message\":\"command terminated with non-zero exit code\"}";
        }

        return "{\"metadata\":{},\"status\":\"Success\"}";
    }

    private static async Task ForwardAsync(HttpContext http)
    {
        await using SpdyConnection connection = SpdyConnection.AsServer(await UpgradeAsync(http, "portforward.k8s.io"));
        List<Task> conversations = [];
        while (await connection.AcceptStreamAsync(http.RequestAborted) is { } stream)
        {
            await stream.AcceptAsync(http.RequestAborted);
            conversations.Add(
                stream.Headers["streamtype"] == "data" ? ShoutAsync(stream) : stream.CompleteWritesAsync().AsTask());
        }

        await Task.WhenAll(conversations);
    }

    private static async Task ShoutAsync(SpdyStream stream)
    {
        byte[] buffer = new byte[1024];
        while (await stream.ReadAsync(buffer) is > 0 and int count)
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(buffer, 0, count).ToUpperInvariant()));
        }

        await stream.CompleteWritesAsync();
    }
}
