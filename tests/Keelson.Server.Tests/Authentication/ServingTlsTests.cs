using System.Net;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;
using Keelson.Server.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keelson.Server.Tests.Authentication;

public sealed class ServingTlsTests : IServingCertificateSource
{
    private readonly FixedTime time = new() { Now = TimeProvider.System.GetUtcNow() };

    public ServingCertificate Current { get; private set; }

    private readonly TestCertificates certificates;

    public ServingTlsTests()
    {
        certificates = new TestCertificates(time);
        Current = Serving("one");
    }

    [Fact]
    public async Task Clients_are_who_their_certificate_says_and_the_server_shows_its_newest()
    {
        await using var server = await StartAsync();
        var address = server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var jane = await GetAsync(address, version, certificates.Issue("jane"));
            Assert.Equal(("jane jane", "one"), jane);
            var stranger = await GetAsync(address, version, new TestCertificates(time, "other").Issue("eve"));
            Assert.Equal("? ?", stranger.Users);
            Assert.Equal("system:anonymous system:anonymous", (await GetAsync(address, version, null)).Users);
        }
        Current = Serving("two");
        Assert.Equal("two", (await GetAsync(address, HttpVersion.Version11, null)).Server);
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(ServingTls.Options(this));
        }));
        var chain = new AuthenticationChain(
            [new CertificateAuthenticator(() => certificates.Authorities, time)], new AnonymousConfig());
        var app = builder.Build();
        app.Run(async context =>
        {
            var request = new AuthenticationRequest(
                context.Request.Headers, context.Request.Path, ServingTls.PeerOf(context));
            var outcome = await chain.AuthenticateAsync(request, context.RequestAborted);
            await context.Response.WriteAsync(outcome.User?.Name ?? "?");
        });
        await app.StartAsync();
        return app;
    }

    // Two requests on one connection, and the name in the server's certificate.
    private static async Task<(string Users, string Server)> GetAsync(
        string address, Version version, PeerCertificate? certificate)
    {
        var server = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            server = ((X509Certificate2)shown!).GetNameInfo(X509NameType.SimpleName, false);
            return true;
        };
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate.Certificate];
        }
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return ($"{await client.GetStringAsync(address)} {await client.GetStringAsync(address)}", server);
    }

    private ServingCertificate Serving(string name) =>
        new(certificates.Issue(CertificateUsages.Server, name).Certificate);
}
