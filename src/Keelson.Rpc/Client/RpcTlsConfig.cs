using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Rpc;

/// <summary>How a client proves who it is and knows whom to trust.</summary>
public sealed record RpcTlsConfig
{
    /// <summary>The authorities to trust; null: those of the machine. Asked at every handshake.</summary>
    public Func<X509Certificate2Collection>? TrustedAuthorities { get; init; }

    /// <summary>
    /// The client's certificate with its key and chain. Asked at every handshake, so that a rotated file is picked up.
    /// </summary>
    public Func<SslStreamCertificateContext>? ClientCertificate { get; init; }

    /// <summary>The name the server's certificate must carry; null: the endpoint's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Reads authorities and certificate from PEM files, again at each handshake. Null: none.</summary>
    public static RpcTlsConfig FromFiles(string? authorityFile, string? certificateFile, string? keyFile) => new()
    {
        TrustedAuthorities = string.IsNullOrEmpty(authorityFile) ? null : () => LoadAuthorities(authorityFile),
        ClientCertificate = string.IsNullOrEmpty(certificateFile)
            ? null
            : () => LoadCertificate(certificateFile, string.IsNullOrEmpty(keyFile) ? certificateFile : keyFile),
    };

    internal SslClientAuthenticationOptions Handshake(RpcEndpoint endpoint)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName ?? (endpoint.UnixPath is null ? endpoint.Host : "localhost"),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ClientCertificateContext = ClientCertificate?.Invoke(),
        };
        if (TrustedAuthorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(TrustedAuthorities());
        }

        return options;
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities;
    }

    private static SslStreamCertificateContext LoadCertificate(string certificateFile, string keyFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }
}
