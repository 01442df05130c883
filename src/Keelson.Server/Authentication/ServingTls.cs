using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Keelson.Server.Authentication;

/// <summary>TLS as the server offers it: the certificate of the moment, and every client's certificate taken without a
/// look at it. Whether it is good is the authenticators' business: a bad one is answered with 401, as upstream does,
/// and not with a broken handshake.</summary>
public static class ServingTls
{
    /// <summary>The options for Kestrel's <c>UseHttps</c>.</summary>
    public static TlsHandshakeCallbackOptions Options(
        IServingCertificateSource certificates, ServingTlsConfig? config = null)
    {
        config ??= new ServingTlsConfig();
        return new()
        {
            HandshakeTimeout = Http.ConnectionLimits.HeadersTime,
            OnConnection = context => new(new SslServerAuthenticationOptions
            {
                ServerCertificateContext =
                    Pick(certificates, config, context.ClientHelloInfo.ServerName).Current.Context,
                EnabledSslProtocols = config.Protocols,
                CipherSuitesPolicy = config.CipherSuites,
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    Remember(context.Connection, certificate, chain);
                    return true;
                },
            }),
        };
    }

    /// <summary>The certificate shown on a request's connection; null for none.</summary>
    public static PeerCertificate? PeerOf(HttpContext context) => context.Features.Get<PeerCertificate>();

    // An exact name counts more than a wildcard, and explicit patterns, which come first, more than names of
    // certificates.
    private static IServingCertificateSource Pick(
        IServingCertificateSource usual, ServingTlsConfig config, string? host)
    {
        if (config.NamedCertificates.Count == 0 || string.IsNullOrEmpty(host))
        {
            return usual;
        }
        return (config.NamedCertificates.FirstOrDefault(one => one.Names(host, byWildcard: false))
            ?? config.NamedCertificates.FirstOrDefault(one => one.Names(host, byWildcard: true)))?.Source ?? usual;
    }

    private static void Remember(BaseConnectionContext connection, X509Certificate? certificate, X509Chain? chain)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return;
        }
        // The stream that owns the certificate and the chain disposes them; the connection's own copies last as long
        // as it does.
        var intermediates = new X509Certificate2Collection();
        foreach (var extra in chain?.ChainPolicy.ExtraStore ?? [])
        {
            intermediates.Add(X509CertificateLoader.LoadCertificate(extra.RawDataMemory.Span));
        }
        connection.Features.Set(new PeerCertificate(
            X509CertificateLoader.LoadCertificate(shown.RawDataMemory.Span), intermediates));
    }
}
