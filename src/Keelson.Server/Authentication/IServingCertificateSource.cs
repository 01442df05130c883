using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Keelson.Server.Authentication;

/// <summary>Where the server takes the certificate it shows from. It may change between any two connections.</summary>
public interface IServingCertificateSource
{
    /// <summary>What new connections get.</summary>
    ServingCertificate Current { get; }
}

/// <summary>A certificate with its key, ready for handshakes.</summary>
public sealed class ServingCertificate(X509Certificate2 certificate)
{
    private readonly Lazy<SslStreamCertificateContext> context =
        new(() => SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true));

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>The prepared form: built once, as building one for each handshake costs more than the
    /// handshake.</summary>
    public SslStreamCertificateContext Context => context.Value;
}
