using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Keelson.Network;

/// <summary>Serves small pages on a port: what health checks and scrapers ask for.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PageServer(WebApplication application)
    {
        _application = application;
        string address = application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(address).Port;
    }

    /// <summary>The port that is served.</summary>
    public int Port { get; }

    /// <summary>Listens and serves.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<PageServer> StartAsync(IPEndPoint address, RequestDelegate answer, CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, HostedInsideLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(address);
        });
        WebApplication application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(stop);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    /// <summary>Ends when it is told to, not by signals: those are the program's.</summary>
    private sealed class HostedInsideLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
