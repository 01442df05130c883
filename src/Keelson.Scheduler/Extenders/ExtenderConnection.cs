using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keelson.Scheduler.Config;

namespace Keelson.Scheduler.Extenders;

/// <summary>How an extender is reached.</summary>
internal static class ExtenderConnection
{
    /// <summary>A handler that speaks TLS as the settings say.</summary>
    public static SocketsHttpHandler HandlerFor(ExtenderConfig config)
    {
        SocketsHttpHandler handler = new();
        if (!config.EnableHttps && config.Tls is null)
        {
            return handler;
        }

        ExtenderTlsConfig tls = config.Tls ?? new();
        SslClientAuthenticationOptions options = handler.SslOptions;
        options.TargetHost = tls.ServerName.Length > 0 ? tls.ServerName : null;
        if (tls.CertificatePem.Length > 0)
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPem(tls.CertificatePem, tls.KeyPem)];
        }

        // Like upstream: HTTPS without an authority is not checked.
        if (tls.Insecure || tls.AuthorityPem.Length == 0)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            return handler;
        }

        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(tls.AuthorityPem);
        options.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        return handler;
    }
}
