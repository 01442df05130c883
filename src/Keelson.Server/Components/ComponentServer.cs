using System.Text;
using Keelson.Api.Kinds;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Http;
using Keelson.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keelson.Server.Components;

/// <summary>
/// What a component that is a process of its own serves: health, metrics, its configuration. Who asks is found out, and
/// whether he may, by asking the API server, but for the paths that are open to all.
/// </summary>
public sealed class ComponentServer : IAsyncDisposable
{
    private readonly ComponentServerConfig _config;
    private readonly MetricRegistry _metrics = new();
    private readonly InstrumentMetrics _instruments;
    private readonly PublishedAuthorities? _published;
    private readonly AuthenticationChain _authentication;
    private readonly DelegatedAuthorizer _authorizer;
    private readonly WebApplication _web;

    private ComponentServer(ComponentServerConfig config)
    {
        _config = config;
        _instruments = new(_metrics);
        _ = new ProcessMetrics(_metrics);
        _published = config is { ClientAuthorities: null, Authentication: { } reader } ? new(reader, config.Clock)
            : null;
        Func<CertificateAuthorities>? authorities = config.ClientAuthorities
            ?? (_published is null ? null : () => _published.Current);
        IRequestAuthenticator?[] ways =
        [
            authorities is null ? null : new CertificateAuthenticator(authorities, config.Clock),
            config.Authentication is { } client
                ? new BearerTokenAuthenticator([new DelegatedTokens(client, config.Clock)])
                : null,
        ];
        _authentication = new([.. ways.OfType<IRequestAuthenticator>()], new AnonymousConfig());
        _authorizer = new(config.Authorization, config.AlwaysAllowPaths, config.Clock);
        _web = Build(config, ServeAsync);
    }

    /// <summary>Starts to listen.</summary>
    public static async Task<ComponentServer> StartAsync(ComponentServerConfig config,
        CancellationToken cancellationToken)
    {
        ComponentServer server = new(config);
        try
        {
            await server._web.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _instruments.Dispose();
    }

    private static WebApplication Build(ComponentServerConfig config, RequestDelegate serve)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(config.BindAddress, config.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(ConnectionLimits.RefusePlainHttp);
                listen.UseHttps(ServingTls.Options(config.Certificates, config.Tls));
            });
        });
        WebApplication web = builder.Build();
        web.Run(serve);
        return web;
    }

    private async Task ServeAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "";
        if (_published is not null && ServingTls.PeerOf(http) is not null)
        {
            await _published.RefreshAsync(http.RequestAborted);
        }

        AuthenticationOutcome outcome = await _authentication.AuthenticateAsync(
            new AuthenticationRequest(http.Request.Headers, path, ServingTls.PeerOf(http)), http.RequestAborted);
        if (outcome.User is not { } user)
        {
            await AnswerWriter.WriteStatusAsync(http, ApiErrors.Unauthorized());
            return;
        }

        AuthorizationAttributes attributes = new()
        {
            User = user,
            Verb = http.Request.Method.ToLowerInvariant(),
            IsResourceRequest = false,
            Path = path,
        };
        AuthorizationDecision decision = await _authorizer.AuthorizeAsync(attributes, http.RequestAborted);
        if (!decision.IsAllowed)
        {
            http.Response.Headers.XContentTypeOptions = "nosniff";
            ForbiddenRequest forbidden = ForbiddenRequest.Of(attributes, decision.Reason);
            await AnswerWriter.WriteStatusAsync(
                http, ApiErrors.Make(403, "Forbidden", forbidden.Message, new Api.Meta.V1.StatusDetails()));
            return;
        }

        await AnswerAsync(http, path);
    }

    private Task AnswerAsync(HttpContext http, string path)
    {
        string root = path.Split('/', 3) is ["", var first, ..] ? first : "";
        switch (root)
        {
            case "healthz" or "livez" or "readyz":
                return HealthAsync(http, root, path[(root.Length + 1)..].TrimStart('/'));
            case "metrics" when path == "/metrics":
                bool isOpenMetrics = http.Request.Headers.Accept.ToString()
                    .Contains("application/openmetrics-text", StringComparison.Ordinal);
                http.Response.ContentType = isOpenMetrics ? MetricWriter.OpenMetricsType : MetricWriter.TextType;
                return PlainAnswer.BytesAsync(http, _metrics.Write(isOpenMetrics));
            case "configz" when path == "/configz":
                http.Response.ContentType = "application/json";
                http.Response.Headers.XContentTypeOptions = "nosniff";
                return PlainAnswer.BytesAsync(http, Encoding.UTF8.GetBytes(_config.Configz));
            default:
                return PlainAnswer.NotFoundAsync(http);
        }
    }

    private Task HealthAsync(HttpContext http, string endpoint, string check)
    {
        if (check.Length > 0)
        {
            if (check != "ping" && !_config.Checks.ContainsKey(check))
            {
                return PlainAnswer.NotFoundAsync(http);
            }

            string? failure = check == "ping" ? null : _config.Checks[check]();
            return failure is null
                ? PlainAnswer.TextAsync(http, "ok")
                : PlainAnswer.ErrorAsync(http, 500, $"internal server error: {failure}\n");
        }

        StringBuilder lines = new("[+]ping ok\n");
        bool passed = true;
        foreach ((string name, Func<string?> run) in _config.Checks)
        {
            bool isWell = run() is null;
            passed &= isWell;
            lines.Append(isWell ? $"[+]{name} ok\n" : $"[-]{name} failed: reason withheld\n");
        }

        return !passed
            ? PlainAnswer.ErrorAsync(http, 500, $"{lines}{endpoint} check failed\n")
            : PlainAnswer.TextAsync(
                http, http.Request.Query.ContainsKey("verbose") ? $"{lines}{endpoint} check passed\n" : "ok");
    }
}
