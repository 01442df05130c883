using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.Server.Authentication;

/// <summary>What the bootstrap authenticator reads of a Secret.</summary>
/// <param name="Type">The secret's type.</param>
/// <param name="IsBeingDeleted">Whether it has a deletion timestamp.</param>
/// <param name="Data">Its data.</param>
public sealed record BootstrapSecret(
    string Type, bool IsBeingDeleted, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Data);

/// <summary>Where bootstrap tokens are looked up.</summary>
public interface IBootstrapSecretLookup
{
    /// <summary>A secret of the namespace kube-system; null when there is none of the name.</summary>
    ValueTask<BootstrapSecret?> FindAsync(string name, CancellationToken cancellation);
}

/// <summary>Tokens of the form <c>id.secret</c> with which new nodes join; each is a Secret in kube-system.</summary>
public sealed partial class BootstrapTokenAuthenticator(IBootstrapSecretLookup secrets, TimeProvider time)
    : ITokenAuthenticator
{
    private const string SecretType = "bootstrap.kubernetes.io/token";
    private const string UserPrefix = "system:bootstrap:";
    private const string DefaultGroup = "system:bootstrappers";

    /// <inheritdoc/>
    public async ValueTask<AuthenticationOutcome> AuthenticateAsync(
        string token, IReadOnlyList<string>? audiences, CancellationToken cancellation)
    {
        if (TokenForm().Match(token) is not { Success: true } match)
        {
            return AuthenticationOutcome.NotMine;
        }
        var (id, secretText) = (match.Groups[1].Value, match.Groups[2].Value);
        var secret = await secrets.FindAsync("bootstrap-token-" + id, cancellation);
        if (secret is not { Type: SecretType, IsBeingDeleted: false }
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Text(secret, "token-secret")), Encoding.UTF8.GetBytes(secretText))
            || Text(secret, "token-id") != id
            || HasExpired(secret)
            || Text(secret, "usage-bootstrap-authentication") != "true"
            || ReadGroups(secret) is not { } groups)
        {
            return AuthenticationOutcome.NotMine;
        }
        return AuthenticationOutcome.Authenticated(new UserInfo { Name = UserPrefix + id, Groups = groups });
    }

    // An expiration that can't be read counts as past: better no token than one that lasts for ever.
    private bool HasExpired(BootstrapSecret secret)
    {
        var expiration = Text(secret, "expiration");
        return expiration.Length > 0
            && (!DateTimeOffset.TryParse(
                    expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
                || end <= time.GetUtcNow());
    }

    private static List<string>? ReadGroups(BootstrapSecret secret)
    {
        var groups = new SortedSet<string>(StringComparer.Ordinal) { DefaultGroup };
        foreach (var group in Text(secret, "auth-extra-groups").Split(','))
        {
            if (group.Length == 0)
            {
                continue;
            }
            if (!GroupForm().IsMatch(group))
            {
                return null;
            }
            groups.Add(group);
        }
        return [.. groups];
    }

    private static string Text(BootstrapSecret secret, string key) =>
        secret.Data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value.Span) : "";

    [GeneratedRegex(@"\A([a-z0-9]{6})\.([a-z0-9]{16})\z", RegexOptions.CultureInvariant)]
    private static partial Regex TokenForm();

    [GeneratedRegex(@"\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex GroupForm();
}
