using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.BootstrapTokens;

/// <summary>The secrets with which nodes join.</summary>
internal static class BootstrapToken
{
    /// <summary>Where they lie.</summary>
    public const string Namespace = "kube-system";

    private const string NamePrefix = "bootstrap-token-";

    /// <summary>True for a secret with a bootstrap token.</summary>
    public static bool Is(Secret secret) =>
        secret.Type == SecretType.BootstrapKubernetesIoToken && secret.Metadata.Namespace == Namespace;

    /// <summary>How long a token still works: null for always, zero or less when it is over, or its end can't be
    /// read.</summary>
    public static TimeSpan? Remaining(Secret secret, DateTimeOffset now)
    {
        string text = Text(secret, "expiration");
        return text.Length == 0 ? null : Time.TryParse(text, out Time end) ? end.Instant - now : TimeSpan.Zero;
    }

    /// <summary>The id and secret of a token that signs the cluster's information; null for one that does
    /// not.</summary>
    public static (string Id, string Key)? Signing(Secret secret, DateTimeOffset now)
    {
        string id = Text(secret, "token-id");
        string key = Text(secret, "token-secret");
        bool signs = Is(secret)
            && id.Length > 0
            && key.Length > 0
            && secret.Metadata.Name == string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{id}")
            && Text(secret, "usage-bootstrap-signing") == "true"
            && Remaining(secret, now) is not { Ticks: <= 0 };
        return signs ? (id, key) : null;
    }

    private static string Text(Secret secret, string key) =>
        secret.Data.TryGetValue(key, out Bytes value) ? value.ToText() : "";
}
