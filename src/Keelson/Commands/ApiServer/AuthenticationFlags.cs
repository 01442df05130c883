using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Machinery.Validation;
using Keelson.Server.Authentication;
using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Commands.ApiServer;

/// <summary>Who is let in.</summary>
internal sealed class AuthenticationFlags(FlagSection flags)
{
    public Flag<bool> Anonymous { get; } = flags.Switch("anonymous-auth", true,
        "Let requests without credentials in, as system:anonymous in the group system:unauthenticated.");

    public Flag<IReadOnlyList<string>> Audiences { get; } = flags.Texts("api-audiences",
        "The names that tokens may be made for to be good here. Without it the first --service-account-issuer counts.");

    public Flag<string> ClientAuthorities { get; } = flags.Text("client-ca-file", "",
        "The authorities that vouch for client certificates. Read anew when it changes.");

    public Flag<bool> BootstrapTokens { get; } = flags.Switch("enable-bootstrap-token-auth", false,
        "Accept the tokens in secrets of type bootstrap.kubernetes.io/token in kube-system.");

    public Flag<IReadOnlyList<string>> ProxyAllowedNames { get; } = flags.Texts("requestheader-allowed-names",
        "Common names of which a front proxy's certificate must have one. Empty: any certificate of "
        + "--requestheader-client-ca-file is good.");

    public Flag<string> ProxyAuthorities { get; } = flags.Text("requestheader-client-ca-file", "",
        "The authorities that vouch for front proxies, whose headers are believed. Read anew when it changes.");

    public Flag<IReadOnlyList<string>> ProxyExtraPrefixes { get; } = flags.Texts("requestheader-extra-headers-prefix",
        "What the names of headers with extra values begin with. X-Remote-Extra- is usual.");

    public Flag<IReadOnlyList<string>> ProxyGroupHeaders { get; } = flags.Texts("requestheader-group-headers",
        "Headers that carry groups. X-Remote-Group is usual.");

    public Flag<IReadOnlyList<string>> ProxyUidHeaders { get; } = flags.Texts("requestheader-uid-headers",
        "Headers that carry the user's uid. X-Remote-Uid is usual.");

    public Flag<IReadOnlyList<string>> ProxyUserHeaders { get; } = flags.Texts("requestheader-username-headers",
        "Headers that carry the user's name. X-Remote-User is usual.");

    public Flag<string> TokenFile { get; } = flags.Text("token-auth-file", "",
        "A file of tokens with their users: token,user,uid,\"group1,group2\" a line.");

    /// <summary>The headers of front proxies.</summary>
    public FrontProxyConfig FrontProxy => new()
    {
        AllowedNames = ProxyAllowedNames.Value,
        UserHeaders = ProxyUserHeaders.Value,
        UidHeaders = ProxyUidHeaders.Value,
        GroupHeaders = ProxyGroupHeaders.Value,
        ExtraHeaderPrefixes = ProxyExtraPrefixes.Value,
    };

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        foreach (Flag<IReadOnlyList<string>> headers in (Flag<IReadOnlyList<string>>[])
            [ProxyUserHeaders, ProxyUidHeaders, ProxyGroupHeaders, ProxyExtraPrefixes, ProxyAllowedNames])
        {
            if (headers.Value.Any(string.IsNullOrWhiteSpace))
            {
                errors.Add($"empty value in {GoText.Quote(headers.Name)}");
            }
        }
    }

    /// <summary>Makes sure that the file of tokens can be read.</summary>
    public void CheckTokens()
    {
        if (TokenFile.Value.Length > 0)
        {
            TokenFile.Read(path => TokenFileAuthenticator.Parse(PemFiles.ReadText(path), path));
        }
    }
}

/// <summary>The tokens of service accounts.</summary>
internal sealed class ServiceAccountFlags(FlagSection flags)
{
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLimit = TimeSpan.FromSeconds(1L << 32);

    public Flag<bool> ExtendExpiration { get; } = flags.Switch("service-account-extend-token-expiration", true,
        "Let the tokens of pods work for a year, so that old clients which never read theirs again do not fail.");

    public Flag<IReadOnlyList<string>> Issuers { get; } = flags.Of("service-account-issuer", FlagForms.TextEach, [],
        "The issuer of tokens. Repeated, the first one goes into new tokens, and all are accepted.");

    public Flag<string> KeysUri { get; } = flags.Text("service-account-jwks-uri", "",
        "Where others find the keys, as told in /.well-known/openid-configuration.");

    public Flag<IReadOnlyList<string>> KeyFiles { get; } = flags.Of("service-account-key-file", FlagForms.TextEach, [],
        "Keys that verify tokens: public keys, private keys or certificates, several in a file, and the flag may be repeated. Without "
        + "it --tls-private-key-file is used.");

    public Flag<bool> Lookup { get; } = flags.Switch("service-account-lookup", true,
        "Let a token that lies in a secret work only as long as the secret holds it.");

    public Flag<TimeSpan> MaxExpiration { get; } = flags.Duration("service-account-max-token-expiration", TimeSpan.Zero,
        "How long a new token lives at most; who asks for more gets this. 0 for no limit.");

    public Flag<string> SigningKeyFile { get; } = flags.Text(
        "service-account-signing-key-file", "", "The key that signs new tokens.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors, string tlsKeyFile, IReadOnlyList<string> audiences)
    {
        ValidateIssuers(errors);
        if (KeyFiles.Value.Count == 0 && (tlsKeyFile.Length == 0 || SigningKeyFile.Value.Length > 0))
        {
            errors.Add("service-account-key-file is a required flag");
        }

        if (KeysUri.Value is { Length: > 0 } uri)
        {
            if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || parsed.Scheme != "https")
            {
                errors.Add($"service-account-jwks-uri requires https scheme, parsed as: {uri}");
            }
        }

        bool attempted = SigningKeyFile.Value.Length > 0
            || Issuers.Value is [{ Length: > 0 }, ..]
            || audiences.Count > 0;
        if (!attempted)
        {
            errors.Add("--service-account-signing-key-file and --service-account-issuer are required flags");
        }
        else if (SigningKeyFile.Value.Length == 0 || Issuers.Value is not [{ Length: > 0 }, ..])
        {
            errors.Add("--service-account-signing-key-file, --service-account-issuer, and --api-audiences should be specified together");
        }

        if (MaxExpiration.Value != TimeSpan.Zero
            && (MaxExpiration.Value < ShortestLimit || MaxExpiration.Value > LongestLimit))
        {
            errors.Add("the service-account-max-token-expiration must be between 1 hour and 2^32 seconds");
        }
    }

    /// <summary>The configuration, after a look at the files.</summary>
    /// <exception cref="FlagException">A file can't be read.</exception>
    public ServiceAccountTokensConfig ToConfig(string tlsKeyFile) => new()
    {
        Issuers = Issuers.Value,
        Keys =
        [
            .. (KeyFiles.Value.Count > 0 ? KeyFiles.Value : [tlsKeyFile])
                .SelectMany(path => FlagFiles.Named(KeyFiles.Name, path, () => PemFiles.ReadTokenKeys(path)))
                .DistinctBy(key => key.Id),
        ],
        KeysUri = KeysUri.Value.Length > 0 ? KeysUri.Value : null,
        Lookup = Lookup.Value,
        MaxExpiration = MaxExpiration.Value,
        ExtendExpiration = ExtendExpiration.Value,
    };

    private void ValidateIssuers(List<string> errors)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string issuer in Issuers.Value)
        {
            if (issuer.Length == 0)
            {
                errors.Add("service-account-issuer should not be an empty string");
            }
            else if (issuer.Contains(':') && !Uri.TryCreate(issuer, UriKind.Absolute, out _))
            {
                errors.Add($"service-account-issuer {GoText.Quote(issuer)} contained a ':' but was not a valid URL");
            }
            else if (!seen.Add(issuer))
            {
                errors.Add($"service-account-issuer {GoText.Quote(issuer)} is already specified");
            }
        }

        if (Issuers.Value.Count == 0)
        {
            errors.Add("service-account-issuer is a required flag");
        }
    }
}
