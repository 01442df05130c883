using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Keelson.Rpc.Server;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc;

/// <summary>What a handler knows about the call it serves.</summary>
public sealed class RpcServerContext
{
    private readonly HttpContext http;
    private readonly CallClock clock;

    internal RpcServerContext(HttpContext http, CallClock clock)
    {
        this.http = http;
        this.clock = clock;
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in http.Request.Headers)
        {
            foreach (string? value in values)
            {
                RequestMetadata.AddReceived(name, value ?? "");
            }
        }
    }

    /// <summary>The full method: <c>/package.Service/Method</c>.</summary>
    public string Method => http.Request.Path.Value ?? "";

    /// <summary>The headers the client sent, without those of the protocol.</summary>
    public RpcMetadata RequestMetadata { get; } = [];

    /// <summary>Filled by the handler; goes out behind the last message.</summary>
    public RpcMetadata ResponseTrailers { get; } = [];

    /// <summary>Ends when the client gives up, its deadline passes, or the server stops.</summary>
    public CancellationToken Cancellation => clock.Token;

    /// <summary>How long the client still waits; null: without limit.</summary>
    public TimeSpan? TimeRemaining => clock.Remaining;

    /// <summary>The client's address; null over a unix socket.</summary>
    public IPEndPoint? Peer => http.Connection.RemoteIpAddress is { } address
        ? new IPEndPoint(address, http.Connection.RemotePort)
        : null;

    /// <summary>The certificate the client proved itself with, if TLS asked for one.</summary>
    public X509Certificate2? ClientCertificate => http.Connection.ClientCertificate;

    /// <summary>Sends headers ahead of the first message. Only once, only before any message.</summary>
    public async Task SendHeadersAsync(RpcMetadata? metadata = null)
    {
        foreach ((string name, string value) in metadata ?? [])
        {
            http.Response.Headers.Append(name, value);
        }

        await http.Response.StartAsync(Cancellation).ConfigureAwait(false);
        await http.Response.BodyWriter.FlushAsync(Cancellation).ConfigureAwait(false);
    }

    internal FrameReader Requests(int messageBytesMax) => new(http.Request.BodyReader, messageBytesMax);

    internal System.IO.Pipelines.PipeWriter Output => http.Response.BodyWriter;
}
