using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;

namespace Keelson.Server.Authentication;

/// <summary>Where the server takes the certificate it shows from. It may change between any two connections.</summary>
public interface IServingCertificateSource
{
    /// <summary>What new connections get.</summary>
    ServingCertificate Current { get; }
}

/// <summary>A certificate with its key, ready for handshakes.</summary>
/// <param name="certificate">The certificate with its private key.</param>
/// <param name="intermediates">What is sent along, so that clients can build the chain; null for nothing.</param>
public sealed class ServingCertificate(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
{
    private readonly Lazy<SslStreamCertificateContext> context =
        new(() => SslStreamCertificateContext.Create(certificate, intermediates, offline: true));

    private readonly Lazy<IReadOnlyList<string>> hostNames = new(() =>
        [.. SubjectAlternativeNames.Read(certificate) is { DnsNames.Count: > 0 } names
            ? names.DnsNames
            : [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)]]);

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>The prepared form: built once, as building one for each handshake costs more than the
    /// handshake.</summary>
    public SslStreamCertificateContext Context => context.Value;

    /// <summary>The host names it is for; the common name when it names none.</summary>
    public IReadOnlyList<string> HostNames => hostNames.Value;
}
