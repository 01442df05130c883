using System.Net.Security;
using System.Security.Authentication;

namespace Keelson.Server.Authentication;

/// <summary>How TLS is spoken.</summary>
public sealed record ServingTlsConfig
{
    /// <summary>The versions offered (<c>--tls-min-version</c>).</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The cipher suites offered (<c>--tls-cipher-suites</c>); null for the platform's.</summary>
    public CipherSuitesPolicy? CipherSuites { get; init; }

    /// <summary>Certificates for names that clients ask for (<c>--tls-sni-cert-key</c>), explicit patterns
    /// first.</summary>
    public IReadOnlyList<NamedCertificate> NamedCertificates { get; init; } = [];
}

/// <summary>A certificate for some names.</summary>
/// <param name="Patterns">Host names, of which the first label may be <c>*</c>; those in the certificate when
/// empty.</param>
/// <param name="Source">The certificate.</param>
public sealed record NamedCertificate(IReadOnlyList<string> Patterns, IServingCertificateSource Source)
{
    /// <summary>Whether a name is one of these; a wildcard stands for exactly one label.</summary>
    public bool Names(string host, bool byWildcard)
    {
        IEnumerable<string> patterns = Patterns.Count > 0 ? Patterns : Source.Current.HostNames;
        int dot = host.IndexOf('.');
        string wanted = byWildcard ? dot < 0 ? "" : "*" + host[dot..] : host;
        return wanted.Length > 0 && patterns.Contains(wanted, StringComparer.OrdinalIgnoreCase);
    }
}
