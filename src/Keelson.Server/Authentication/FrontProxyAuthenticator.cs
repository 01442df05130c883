using Keelson.Machinery.Certificates;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Authentication;

/// <summary>Which proxies may say whom they speak for, and in which headers.</summary>
public sealed record FrontProxyConfig
{
    /// <summary>Common names a proxy's certificate must have one of; none for any
    /// (<c>--requestheader-allowed-names</c>).
    /// </summary>
    public IReadOnlyList<string> AllowedNames { get; init; } = [];

    /// <summary>Headers that carry the user's name; the first that is there counts.</summary>
    public IReadOnlyList<string> UserHeaders { get; init; } = ["X-Remote-User"];

    /// <summary>Headers that carry the user's uid; the first that is there counts.</summary>
    public IReadOnlyList<string> UidHeaders { get; init; } = ["X-Remote-Uid"];

    /// <summary>Headers that carry a group each.</summary>
    public IReadOnlyList<string> GroupHeaders { get; init; } = ["X-Remote-Group"];

    /// <summary>What the names of headers with extra values begin with.</summary>
    public IReadOnlyList<string> ExtraHeaderPrefixes { get; init; } = ["X-Remote-Extra-"];
}

/// <summary>Identities that a trusted proxy in front of the server found out, and passes on in headers.</summary>
public sealed class FrontProxyAuthenticator(
    Func<CertificateAuthorities> authorities, FrontProxyConfig config, TimeProvider time) : IRequestAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(
        AuthenticationRequest request, CancellationToken cancellation) =>
        new(request.Peer is { } peer ? Authenticate(peer, request.Headers) : AuthenticationOutcome.NotMine);

    private AuthenticationOutcome Authenticate(PeerCertificate peer, IHeaderDictionary headers)
    {
        var name = First(headers, config.UserHeaders);
        // Most requests come without a proxy; their certificate need not be looked at here. Upstream looks, but drops
        // what it finds when the next authenticator succeeds.
        if (name.Length == 0)
        {
            return AuthenticationOutcome.NotMine;
        }
        if (Distrust(peer) is { } failure)
        {
            return AuthenticationOutcome.Failed(failure);
        }
        var groups = new List<string>();
        foreach (var header in config.GroupHeaders)
        {
            groups.AddRange(headers[header].OfType<string>());
        }
        var user = new UserInfo
        {
            Name = name,
            Uid = First(headers, config.UidHeaders),
            Groups = groups,
            Extra = IdentityHeaders.ReadExtra(headers, config.ExtraHeaderPrefixes),
        };
        Clear(headers);
        return AuthenticationOutcome.Authenticated(user);
    }

    private string? Distrust(PeerCertificate peer)
    {
        var (bundle, now) = (authorities(), time.GetUtcNow());
        if (peer.AsFrontProxy is { } known && known.Authorities == bundle && now < known.ValidUntil)
        {
            return known.Outcome.IsFailed ? known.Outcome.FailureText : null;
        }
        var failure = bundle.Verify(peer, now, out var validUntil) ?? DistrustName(peer);
        peer.AsFrontProxy = new PeerCertificate.Verified(
            bundle,
            failure is null ? validUntil : DateTimeOffset.MaxValue,
            failure is null ? AuthenticationOutcome.NotMine : AuthenticationOutcome.Failed(failure));
        return failure;
    }

    private string? DistrustName(PeerCertificate peer)
    {
        if (config.AllowedNames.Count == 0)
        {
            return null;
        }
        var name = CertificateSubject.Read(peer.Certificate.SubjectName).CommonName;
        return config.AllowedNames.Contains(name, StringComparer.Ordinal)
            ? null
            : $"x509: subject with cn={name} is not in the allowed list";
    }

    // What the proxy said must not travel on, for example to an extension server.
    private void Clear(IHeaderDictionary headers)
    {
        foreach (var header in config.UserHeaders.Concat(config.UidHeaders).Concat(config.GroupHeaders))
        {
            headers.Remove(header);
        }
        IdentityHeaders.RemovePrefixed(headers, config.ExtraHeaderPrefixes);
    }

    private static string First(IHeaderDictionary headers, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (headers.TryGetValue(name, out var values) && values.Count > 0 && values[0] is { Length: > 0 } value)
            {
                return value;
            }
        }
        return "";
    }
}

/// <summary>Reads headers of the form <c>Prefix-Key: value</c>, as front proxies and impersonation use them.</summary>
internal static class IdentityHeaders
{
    public static Dictionary<string, IReadOnlyList<string>> ReadExtra(
        IHeaderDictionary headers, IReadOnlyList<string> prefixes)
    {
        var extra = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var prefix in prefixes)
        {
            foreach (var (header, values) in headers)
            {
                if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }
                var key = Unescape(header[prefix.Length..].ToLowerInvariant());
                if (!extra.TryGetValue(key, out var list))
                {
                    extra.Add(key, list = []);
                }
                list.AddRange(values.OfType<string>());
            }
        }
        return extra.ToDictionary(pair => pair.Key, IReadOnlyList<string> (pair) => pair.Value, StringComparer.Ordinal);
    }

    public static void RemovePrefixed(IHeaderDictionary headers, IReadOnlyList<string> prefixes)
    {
        var found = headers.Keys
            .Where(header => prefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        foreach (var header in found)
        {
            headers.Remove(header);
        }
    }

    // Keys that are no header names come percent-encoded; one that isn't well encoded is taken as it is.
    private static string Unescape(string key)
    {
        for (var i = key.IndexOf('%'); i >= 0; i = key.IndexOf('%', i + 1))
        {
            if (i + 2 >= key.Length || !char.IsAsciiHexDigit(key[i + 1]) || !char.IsAsciiHexDigit(key[i + 2]))
            {
                return key;
            }
        }
        return Uri.UnescapeDataString(key);
    }
}
