using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keelson.Rpc;

/// <summary>One place a host listens on.</summary>
public sealed record RpcListener
{
    private RpcListener()
    {
    }

    /// <summary>The TCP address, or null.</summary>
    public IPEndPoint? Address { get; private init; }

    /// <summary>The unix socket, or null. A socket file left over from before is replaced.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>The server's certificate; null: no TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Authorities whose clients are let in; null: clients need no certificate.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>A TCP address; port 0 takes a free one.</summary>
    public static RpcListener Tcp(IPEndPoint address) => new() { Address = address };

    /// <summary>A unix socket.</summary>
    public static RpcListener Unix(string path) => new() { UnixPath = path };
}

/// <summary>Runs an <see cref="RpcServer"/> on its own sockets. Disposing stops it and ends its calls.</summary>
public sealed class RpcHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ImmutableArray<string> socketFiles;

    private RpcHost(
        WebApplication application, ImmutableArray<RpcEndpoint> endpoints, ImmutableArray<string> socketFiles)
    {
        this.application = application;
        this.socketFiles = socketFiles;
        Endpoints = endpoints;
    }

    /// <summary>Where clients reach the host, in the order of its listeners; ports are the real ones.</summary>
    public ImmutableArray<RpcEndpoint> Endpoints { get; }

    /// <summary>Binds every listener and serves.</summary>
    public static async Task<RpcHost> StartAsync(
        RpcServer server, ImmutableArray<RpcListener> listeners, CancellationToken cancellation = default)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, HostedInsideLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            foreach (RpcListener listener in listeners)
            {
                Bind(kestrel, listener);
            }
        });
        WebApplication application = builder.Build();
        application.Run(server.InvokeAsync);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new RpcHost(
            application, Bound(application, listeners),
            [.. listeners.Where(listener => listener.UnixPath is not null).Select(listener => listener.UnixPath!)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A canceled stop does not wait for calls: streams would never end by themselves.
        await application.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
        foreach (string file in socketFiles)
        {
            File.Delete(file);
        }
    }

    private static void Bind(KestrelServerOptions kestrel, RpcListener listener)
    {
        if (listener.UnixPath is { } path)
        {
            File.Delete(path);
            kestrel.ListenUnixSocket(path, options => Configure(options, listener));
        }
        else
        {
            kestrel.Listen(listener.Address!, options => Configure(options, listener));
        }
    }

    private static void Configure(ListenOptions options, RpcListener listener)
    {
        options.Protocols = HttpProtocols.Http2;
        if (listener.Certificate is null)
        {
            return;
        }

        options.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = listener.Certificate,
            ClientCertificateMode = listener.ClientAuthorities is null
                ? ClientCertificateMode.NoCertificate
                : ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, presented, _) => IsTrusted(certificate, presented, listener),
        });
    }

    private static bool IsTrusted(X509Certificate2 certificate, X509Chain? presented, RpcListener listener)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(listener.ClientAuthorities ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2"));
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }

    private static ImmutableArray<RpcEndpoint> Bound(WebApplication application, ImmutableArray<RpcListener> listeners)
    {
        ICollection<string> addresses = application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses;

        // Kestrel lists the addresses in the order in which they were bound.
        return [.. listeners.Zip(addresses, (listener, address) => listener.UnixPath is { } path
            ? RpcEndpoint.Unix(path, listener.Certificate is not null)
            : RpcEndpoint.Tcp(
                new IPEndPoint(listener.Address!.Address, new Uri(address).Port), listener.Certificate is not null))];
    }

    /// <summary>The process's signals belong to the program around this host.</summary>
    private sealed class HostedInsideLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
