using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Joining;

/// <summary>A token with which nodes join.</summary>
/// <param name="Id">Its name, six small letters and digits: no secret.</param>
/// <param name="Secret">Sixteen small letters and digits.</param>
public sealed partial record BootstrapToken(string Id, string Secret)
{
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>A new one, by chance.</summary>
    public static BootstrapToken New() =>
        new(RandomNumberGenerator.GetString(Letters, 6), RandomNumberGenerator.GetString(Letters, 16));

    /// <summary>Reads <c>ID.SECRET</c>; null for anything else.</summary>
    public static BootstrapToken? Parse(string text) => Form().Match(text) is { Success: true } match
        ? new(match.Groups[1].Value, match.Groups[2].Value)
        : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Id}.{Secret}";

    [GeneratedRegex("^([a-z0-9]{6})\\.([a-z0-9]{16})$")]
    private static partial Regex Form();
}

/// <summary>A token as the cluster keeps it.</summary>
/// <param name="Token">The token.</param>
/// <param name="Expiration">When it ends; null for never.</param>
/// <param name="Usages">What it is good for: <c>authentication</c>, <c>signing</c>.</param>
/// <param name="Description">What somebody wrote about it.</param>
/// <param name="Groups">The groups of who shows it, beside <c>system:bootstrappers</c>.</param>
public sealed record KeptToken(
    BootstrapToken Token,
    DateTimeOffset? Expiration,
    IReadOnlyList<string> Usages,
    string Description,
    IReadOnlyList<string> Groups);

/// <summary>The bootstrap tokens of a cluster: secrets of kube-system.</summary>
public sealed class BootstrapTokens(IApiClient client, TimeProvider clock)
{
    /// <summary>The group of nodes that join.</summary>
    public const string DefaultGroup = "system:bootstrappers:keelson:default-node-token";

    private const string Namespace = "kube-system";
    private const string NamePrefix = "bootstrap-token-";
    private const string UsagePrefix = "usage-bootstrap-";

    /// <summary>Makes a token known.</summary>
    /// <param name="token">The token.</param>
    /// <param name="timeToLive">For how long it is good; null for ever.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why not.</returns>
    public async Task<Status?> CreateAsync(
        BootstrapToken token, TimeSpan? timeToLive, string description, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, Bytes>> data =
        [
            Entry("token-id", token.Id),
            Entry("token-secret", token.Secret),
            Entry(UsagePrefix + "authentication", "true"),
            Entry(UsagePrefix + "signing", "true"),
            Entry("auth-extra-groups", DefaultGroup),
        ];
        if (timeToLive is { } time)
        {
            data.Add(Entry("expiration", (clock.GetUtcNow() + time).UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        }

        if (description.Length > 0)
        {
            data.Add(Entry("description", description));
        }

        return (await client.CreateAsync(
            new Secret
            {
                Metadata = ObjectMeta.Empty with { Namespace = Namespace, Name = NamePrefix + token.Id },
                Type = SecretType.BootstrapKubernetesIoToken,
                Data = ApiMap<Bytes>.From(data),
            },
            cancellationToken)).Error;
    }

    /// <summary>All tokens, by id.</summary>
    public async Task<ApiResult<IReadOnlyList<KeptToken>>> ListAsync(CancellationToken cancellationToken)
    {
        ListRequest request = new() { FieldSelector = "type=" + SecretType.BootstrapKubernetesIoToken };
        ApiResult<IReadOnlyList<Secret>> listed =
            await client.ListAsync<Secret>(Namespace, request, cancellationToken);
        return listed.TryGet(out IReadOnlyList<Secret>? secrets, out Status? error)
            ? ApiResult<IReadOnlyList<KeptToken>>.Of(
            [
                .. secrets.Select(Read).OfType<KeptToken>()
                    .OrderBy(static one => one.Token.Id, StringComparer.Ordinal),
            ])
            : error;
    }

    /// <summary>Removes a token.</summary>
    /// <returns>Null, or why not.</returns>
    public async Task<Status?> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        ObjectPath path = new(KindOf<Secret>.Kind, Namespace, NamePrefix + id);
        return (await client.DeleteAsync(path, DeleteOptions.Empty, cancellationToken)).Error;
    }

    private static KeptToken? Read(Secret secret)
    {
        string Text(string key) => secret.Data.TryGetValue(key, out Bytes value) ? value.ToText() : "";
        return BootstrapToken.Parse($"{Text("token-id")}.{Text("token-secret")}") is not { } token ? null : new(
            token,
            Time.TryParse(Text("expiration"), out Time end) ? end.Instant : null,
            [.. secret.Data.Where(static one => one.Key.StartsWith(UsagePrefix, StringComparison.Ordinal)
                && one.Value.ToText() == "true").Select(static one => one.Key[UsagePrefix.Length..])
                .Order(StringComparer.Ordinal)],
            Text("description"),
            Text("auth-extra-groups").Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    private static KeyValuePair<string, Bytes> Entry(string key, string value) => new(key, Bytes.FromText(value));
}
