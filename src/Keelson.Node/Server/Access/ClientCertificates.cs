using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Keelson.Nodes.Server.Access;

/// <summary>
/// The certificate that a client showed; lives as long as the connection and remembers what it proved.
/// </summary>
internal sealed class ShownCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates)
{
    public X509Certificate2 Certificate => certificate;

    public X509Certificate2Collection Intermediates => intermediates;

    /// <summary>What was found, by which authorities, and until when it holds.</summary>
    public (IReadOnlyList<X509Certificate2> By, KubeletUser? User, DateTimeOffset Until)? Verdict { get; set; }
}

/// <summary>Client certificates: the common name is the user, the organizations are the groups.</summary>
internal sealed class ClientCertificates(Func<IReadOnlyList<X509Certificate2>> authorities, TimeProvider clock)
{
    private static readonly Oid ClientAuthentication = new(CertificateUsages.ClientAuthOid);
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// TLS that takes every certificate at the handshake: a bad one is answered with 401, as upstream does.
    /// </summary>
    public static TlsHandshakeCallbackOptions Options(
        Func<SslStreamCertificateContext> certificate, Version oldest) => new()
    {
        HandshakeTimeout = HandshakePatience,
        OnConnection = context => new(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate(),
            EnabledSslProtocols = oldest.Minor >= 3 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, shown, chain, _) =>
            {
                Remember(context.Connection, shown, chain);
                return true;
            },
        }),
    };

    /// <summary>Who a request comes from by its certificate; null when it has none or it proves nothing.</summary>
    public KubeletUser? Authenticate(HttpContext http)
    {
        if (http.Features.Get<ShownCertificate>() is not { } shown)
        {
            return null;
        }

        IReadOnlyList<X509Certificate2> by = authorities();
        if (shown.Verdict is { } known && ReferenceEquals(known.By, by) && clock.GetUtcNow() < known.Until)
        {
            return known.User;
        }

        bool isGood = Verify(shown, by, out DateTimeOffset until);
        KubeletUser? user = isGood ? Identify(shown.Certificate) : null;
        shown.Verdict = (by, user, until);
        return user;
    }

    private bool Verify(ShownCertificate shown, IReadOnlyList<X509Certificate2> by, out DateTimeOffset until)
    {
        until = DateTimeOffset.MaxValue;
        if (by.Count == 0)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(by.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(shown.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        bool isGood = chain.Build(shown.Certificate);
        foreach (X509ChainElement element in isGood ? chain.ChainElements.AsEnumerable() : [])
        {
            DateTimeOffset end = element.Certificate.NotAfter;
            until = end < until ? end : until;
        }

        return isGood;
    }

    private static KubeletUser? Identify(X509Certificate2 certificate)
    {
        try
        {
            CertificateSubject subject = CertificateSubject.Read(certificate.SubjectName);
            return subject.CommonName.Length == 0 || subject.Uids.Count > 1
                ? null
                : new KubeletUser(subject.CommonName, subject.Uids is [var uid] ? uid : "", subject.Organizations);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static void Remember(BaseConnectionContext connection, X509Certificate? certificate, X509Chain? chain)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return;
        }

        // The handshake disposes what it showed; the connection's copies last as long as it does.
        X509Certificate2Collection intermediates = [];
        foreach (X509Certificate2 extra in chain?.ChainPolicy.ExtraStore ?? [])
        {
            intermediates.Add(X509CertificateLoader.LoadCertificate(extra.RawDataMemory.Span));
        }

        connection.Features.Set(new ShownCertificate(
            X509CertificateLoader.LoadCertificate(shown.RawDataMemory.Span), intermediates));
    }
}
