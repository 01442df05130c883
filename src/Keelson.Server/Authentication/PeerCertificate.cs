using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;

namespace Keelson.Server.Authentication;

/// <summary>The certificate a client showed when it connected. Lives as long as the connection, and remembers what
/// was found out about it, so that a certificate is verified once a connection and not once a request.</summary>
public sealed class PeerCertificate(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
{
    private volatile Verified? asClient;
    private volatile Verified? asFrontProxy;

    /// <summary>The client's own certificate.</summary>
    public X509Certificate2 Certificate => certificate;

    /// <summary>What else it sent for building the chain.</summary>
    public X509Certificate2Collection Intermediates { get; } = intermediates ?? [];

    internal Verified? AsClient { get => asClient; set => asClient = value; }

    internal Verified? AsFrontProxy { get => asFrontProxy; set => asFrontProxy = value; }

    /// <summary>What an authority's look at the certificate gave.</summary>
    /// <param name="Authorities">The bundle looked at; another one calls for another look.</param>
    /// <param name="ValidUntil">When a certificate of the chain ends.</param>
    /// <param name="Outcome">What was found.</param>
    internal sealed record Verified(
        CertificateAuthorities Authorities, DateTimeOffset ValidUntil, AuthenticationOutcome Outcome);
}

/// <summary>An immutable bundle of authorities; swapped whole when the files change.</summary>
public sealed class CertificateAuthorities(IEnumerable<X509Certificate2> certificates)
{
    private static readonly Oid ClientAuthentication = new(CertificateUsages.ClientAuthOid);

    private readonly X509Certificate2[] certificates = [.. certificates];

    /// <summary>The certificates.</summary>
    public IReadOnlyList<X509Certificate2> Certificates => certificates;

    /// <summary>Reads a bundle of PEM certificates.</summary>
    /// <exception cref="FormatException">There is no certificate in the text.</exception>
    public static CertificateAuthorities FromPem(string pem)
    {
        var bundle = new X509Certificate2Collection();
        bundle.ImportFromPem(pem);
        return bundle.Count > 0
            ? new CertificateAuthorities(bundle)
            : throw new FormatException("data does not contain any valid RSA or ECDSA certificates");
    }

    /// <summary>Verifies that a client's certificate comes from these authorities.</summary>
    /// <param name="peer">The certificate.</param>
    /// <param name="now">The time to verify for.</param>
    /// <param name="validUntil">Until when the answer holds, when it is yes.</param>
    /// <returns>Null for yes, otherwise what is wrong.</returns>
    internal string? Verify(PeerCertificate peer, DateTimeOffset now, out DateTimeOffset validUntil)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(certificates);
        chain.ChainPolicy.ExtraStore.AddRange(peer.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        var verified = chain.Build(peer.Certificate);
        validUntil = DateTimeOffset.MaxValue;
        foreach (var element in chain.ChainElements)
        {
            DateTimeOffset end = element.Certificate.NotAfter;
            validUntil = end < validUntil ? end : validUntil;
        }
        return verified ? null : Describe(peer.Certificate, chain, now);
    }

    private static string Describe(X509Certificate2 certificate, X509Chain chain, DateTimeOffset now)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var reason = flags switch
        {
            _ when (flags & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0 =>
                "x509: certificate signed by unknown authority",
            _ when (flags & X509ChainStatusFlags.NotTimeValid) != 0 =>
                "x509: certificate has expired or is not yet valid: current time "
                + (now < certificate.NotBefore
                    ? $"{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} is before {Rfc3339(certificate.NotBefore)}"
                    : $"{now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} is after {Rfc3339(certificate.NotAfter)}"),
            _ when (flags & X509ChainStatusFlags.NotValidForUsage) != 0 =>
                "x509: certificate specifies an incompatible key usage",
            _ => "x509: " + flags,
        };
        return $"verifying certificate {certificate.SerialNumber} of {certificate.Subject} failed: {reason}";
    }

    private static string Rfc3339(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ");
}
