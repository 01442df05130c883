using System.Formats.Asn1;
using System.Security.Cryptography;
using Keelson.Machinery.Certificates;

namespace Keelson.Server.Authentication;

/// <summary>Client certificates: the common name is the user, the organizations are the groups.</summary>
/// <param name="authorities">The authorities that vouch for clients; asked at every request, as they may be
/// swapped.</param>
/// <param name="time">The clock.</param>
public sealed class CertificateAuthenticator(Func<CertificateAuthorities> authorities, TimeProvider time)
    : IRequestAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(
        AuthenticationRequest request, CancellationToken cancellation) =>
        new(request.Peer is { } peer ? Authenticate(peer) : AuthenticationOutcome.NotMine);

    private AuthenticationOutcome Authenticate(PeerCertificate peer)
    {
        var (bundle, now) = (authorities(), time.GetUtcNow());
        if (peer.AsClient is { } known && known.Authorities == bundle && now < known.ValidUntil)
        {
            return known.Outcome;
        }
        var failure = bundle.Verify(peer, now, out var validUntil);
        var outcome = failure is null ? Identify(peer) : AuthenticationOutcome.Failed(failure);
        // A refusal is kept too: whoever retries on one connection should not cost a chain each time. What was refused
        // for its time alone may become valid, but only a new connection will find out.
        peer.AsClient = new PeerCertificate.Verified(
            bundle, failure is null ? validUntil : DateTimeOffset.MaxValue, outcome);
        return outcome;
    }

    private static AuthenticationOutcome Identify(PeerCertificate peer)
    {
        CertificateSubject subject;
        try
        {
            subject = CertificateSubject.Read(peer.Certificate.SubjectName);
        }
        catch (AsnContentException exception)
        {
            return AuthenticationOutcome.Failed(exception.Message);
        }
        if (subject.CommonName.Length == 0)
        {
            return AuthenticationOutcome.NotMine;
        }
        if (subject.Uids.Count > 1)
        {
            return AuthenticationOutcome.Failed(
                $"unable to parse UID from certificate: expected 1 UID, but found {subject.Uids.Count}");
        }
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(peer.Certificate.RawDataMemory.Span));
        return AuthenticationOutcome.Authenticated(new UserInfo
        {
            Name = subject.CommonName,
            Uid = subject.Uids is [var uid] ? uid : "",
            Groups = subject.Organizations,
            Extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                [WellKnownUsers.CredentialIdKey] = [$"X509SHA256={fingerprint}"],
            },
        });
    }
}
