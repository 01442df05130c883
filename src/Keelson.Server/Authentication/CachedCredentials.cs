using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication.ServiceAccounts;

namespace Keelson.Server.Authentication;

/// <summary>Looks the objects that tokens name up in the server's caches.</summary>
internal sealed class CachedServiceAccounts(IObjectLookup lookup) : IServiceAccountLookup
{
    private const string InvalidSinceLabel = "kubernetes.io/legacy-token-invalid-since";

    public ValueTask<LiveObject?> FindServiceAccountAsync(
        string objectNamespace, string name, CancellationToken cancellation) =>
        Find<ServiceAccount>(objectNamespace, name);

    public ValueTask<LiveObject?> FindPodAsync(string objectNamespace, string name, CancellationToken cancellation) =>
        Find<Pod>(objectNamespace, name);

    public ValueTask<LiveObject?> FindNodeAsync(string name, CancellationToken cancellation) => Find<Node>("", name);

    public ValueTask<LiveObject?> FindSecretAsync(
        string objectNamespace, string name, CancellationToken cancellation) =>
        Find<Secret>(objectNamespace, name);

    public ValueTask<(string Token, string? InvalidSince)?> FindLegacyTokenAsync(
        string objectNamespace, string secretName, CancellationToken cancellation)
    {
        if (lookup.Find<Secret>(objectNamespace, secretName) is not { } secret
            || secret.Metadata.DeletionTimestamp is not null)
        {
            return new((ValueTuple<string, string?>?)null);
        }
        var token = secret.Data.TryGetValue("token", out var bytes) ? bytes.ToText() : "";
        return new((token, secret.Metadata.Labels.TryGetValue(InvalidSinceLabel, out var since) ? since : null));
    }

    private ValueTask<LiveObject?> Find<T>(string objectNamespace, string name)
        where T : class, IKind<T>
    {
        if (lookup.Find<T>(objectNamespace, name) is not { } found)
        {
            return new((LiveObject?)null);
        }
        ObjectMeta metadata = found.Metadata;
        return new(new LiveObject(metadata.Uid, metadata.DeletionTimestamp?.Instant));
    }
}

/// <summary>Looks bootstrap tokens up in the server's caches.</summary>
internal sealed class CachedBootstrapSecrets(IObjectLookup lookup) : IBootstrapSecretLookup
{
    private const string Namespace = "kube-system";

    public ValueTask<BootstrapSecret?> FindAsync(string name, CancellationToken cancellation)
    {
        if (lookup.Find<Secret>(Namespace, name) is not { } secret)
        {
            return new((BootstrapSecret?)null);
        }
        var data = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (key, value) in (IEnumerable<KeyValuePair<string, Bytes>>)secret.Data)
        {
            data[key] = value.AsMemory();
        }
        return new(new BootstrapSecret(secret.Type, secret.Metadata.DeletionTimestamp is not null, data));
    }
}
