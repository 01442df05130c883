using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keelson.Client;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server;

/// <summary>What a kubelet's server is made of.</summary>
public sealed record KubeletServerConfig
{
    /// <summary>The node behind an address that clients connect to; null for none, which closes the connection. An
    /// agent has one node; simulated nodes share a server.</summary>
    public required Func<IPAddress, KubeletBackend?> Backends { get; init; }

    /// <summary>The address to listen on (<c>address</c>).</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>The port to listen on; 0 lets the system choose (<c>port</c>).</summary>
    public int Port { get; init; } = 10250;

    /// <summary>The certificate to show; asked for with each connection, as it may be rotated.</summary>
    public required Func<SslStreamCertificateContext> Certificate { get; init; }

    /// <summary>The oldest TLS that is spoken: 1.2 or 1.3 (<c>tlsMinVersion</c>).</summary>
    public Version TlsMin { get; init; } = new(1, 2);

    /// <summary>The authorities that vouch for clients (<c>authentication.x509.clientCAFile</c>); none takes no
    /// certificates. The same list is expected until it changes.</summary>
    public Func<IReadOnlyList<X509Certificate2>> ClientAuthorities { get; init; } = static () => [];

    /// <summary>Who reviews tokens and access: the API under the node's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>Who may do what.</summary>
    public KubeletAccessConfig Access { get; init; } = new();

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where failures are told that no client hears of.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>Who may do what: <c>authentication</c> and <c>authorization</c> of a KubeletConfiguration.</summary>
public sealed record KubeletAccessConfig
{
    /// <summary>Whether requests without credentials are those of <c>system:anonymous</c>
    /// (<c>authentication.anonymous.enabled</c>).</summary>
    public bool Anonymous { get; init; }

    /// <summary>Whether the API reviews tokens (<c>authentication.webhook.enabled</c>).</summary>
    public bool TokenReviews { get; init; } = true;

    /// <summary>How long a review of a token holds (<c>authentication.webhook.cacheTTL</c>).</summary>
    public TimeSpan TokenReviewLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether all who are known may do all (<c>authorization.mode: AlwaysAllow</c>).</summary>
    public bool AlwaysAllow { get; init; }

    /// <summary>How long a permission holds (<c>authorization.webhook.cacheAuthorizedTTL</c>).</summary>
    public TimeSpan AllowedLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a refusal holds (<c>authorization.webhook.cacheUnauthorizedTTL</c>).</summary>
    public TimeSpan RefusedLifetime { get; init; } = TimeSpan.FromSeconds(30);
}
