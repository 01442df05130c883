using System.Text.Json;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>An object that a token names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid; a later object of the same name has another.</param>
public sealed record BoundReference(string Name, string Uid);

/// <summary>What a service account's token says. Times are Unix seconds.</summary>
public sealed record ServiceAccountClaims
{
    /// <summary>The issuer of tokens that lie in Secrets.</summary>
    public const string LegacyIssuer = "kubernetes/serviceaccount";

    /// <summary>Who signed it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The service account's user name.</summary>
    public required string Subject { get; init; }

    /// <summary>For whom it was made.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>When it ends; null for never, as legacy tokens do.</summary>
    public long? Expiry { get; init; }

    /// <summary>When it was made.</summary>
    public long? IssuedAt { get; init; }

    /// <summary>When it begins.</summary>
    public long? NotBefore { get; init; }

    /// <summary>The token's own id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The service account's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The service account.</summary>
    public required BoundReference ServiceAccount { get; init; }

    /// <summary>The pod it is bound to.</summary>
    public BoundReference? Pod { get; init; }

    /// <summary>The pod's node, or the node it is bound to.</summary>
    public BoundReference? Node { get; init; }

    /// <summary>The secret it is bound to, or, of a legacy token, lies in.</summary>
    public BoundReference? Secret { get; init; }

    /// <summary>When its user should have fetched a new one, though it still works.</summary>
    public long? WarnAfter { get; init; }

    /// <summary>Writes the claims as upstream: keys in alphabetical order, audiences always a list.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Issuer == LegacyIssuer)
        {
            WriteLegacy(json);
        }
        else
        {
            WriteBound(json);
        }
        json.WriteEndObject();
    }

    private void WriteLegacy(Utf8JsonWriter json)
    {
        json.WriteString("iss", Issuer);
        json.WriteString("kubernetes.io/serviceaccount/namespace", Namespace);
        json.WriteString("kubernetes.io/serviceaccount/secret.name", Secret?.Name);
        json.WriteString("kubernetes.io/serviceaccount/service-account.name", ServiceAccount.Name);
        json.WriteString("kubernetes.io/serviceaccount/service-account.uid", ServiceAccount.Uid);
        json.WriteString("sub", Subject);
    }

    private void WriteBound(Utf8JsonWriter json)
    {
        json.WriteStartArray("aud");
        foreach (var audience in Audiences)
        {
            json.WriteStringValue(audience);
        }
        json.WriteEndArray();
        WriteTime(json, "exp", Expiry);
        WriteTime(json, "iat", IssuedAt);
        json.WriteString("iss", Issuer);
        json.WriteString("jti", Id);
        json.WriteStartObject("kubernetes.io");
        json.WriteString("namespace", Namespace);
        WriteReference(json, "node", Node);
        WriteReference(json, "pod", Pod);
        WriteReference(json, "secret", Secret);
        WriteReference(json, "serviceaccount", ServiceAccount);
        WriteTime(json, "warnafter", WarnAfter);
        json.WriteEndObject();
        WriteTime(json, "nbf", NotBefore);
        json.WriteString("sub", Subject);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long? seconds)
    {
        if (seconds is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteReference(Utf8JsonWriter json, string name, BoundReference? reference)
    {
        if (reference is null)
        {
            return;
        }
        json.WriteStartObject(name);
        json.WriteString("name", reference.Name);
        json.WriteString("uid", reference.Uid);
        json.WriteEndObject();
    }
}
