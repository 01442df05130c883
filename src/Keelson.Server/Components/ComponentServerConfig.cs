using System.Net;
using Keelson.Client;
using Keelson.Server.Authentication;

namespace Keelson.Server.Components;

/// <summary>What a component (scheduler, controllers) serves of itself, and to whom.</summary>
public sealed record ComponentServerConfig
{
    /// <summary>The address to listen on (<c>--bind-address</c>).</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>The port to listen on (<c>--secure-port</c>).</summary>
    public required int Port { get; init; }

    /// <summary>The certificate to show.</summary>
    public required IServingCertificateSource Certificates { get; init; }

    /// <summary>How TLS is spoken.</summary>
    public ServingTlsConfig Tls { get; init; } = new();

    /// <summary>The authorities that vouch for clients (<c>--client-ca-file</c>); null to use those that the API server
    /// publishes.</summary>
    public Func<CertificateAuthorities>? ClientAuthorities { get; init; }

    /// <summary>Who looks tokens up (<c>--authentication-kubeconfig</c>); null for nobody: all are anonymous.</summary>
    public IApiClient? Authentication { get; init; }

    /// <summary>Who is asked what users may do (<c>--authorization-kubeconfig</c>); null for nobody.</summary>
    public IApiClient? Authorization { get; init; }

    /// <summary>Paths that everybody may read (<c>--authorization-always-allow-paths</c>); a star at the end stands for
    /// anything.</summary>
    public IReadOnlyList<string> AlwaysAllowPaths { get; init; } = ["/healthz", "/readyz", "/livez"];

    /// <summary>The health checks besides <c>ping</c>: what is wrong, or null.</summary>
    public IReadOnlyDictionary<string, Func<string?>> Checks { get; init; } = new Dictionary<string, Func<string?>>();

    /// <summary>What <c>/configz</c> shows, JSON.</summary>
    public string Configz { get; init; } = "{}";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
