using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>The documents by which others verify service account tokens.</summary>
public static class OpenIdDocuments
{
    /// <summary>Where the configuration is.</summary>
    public const string ConfigurationPath = "/.well-known/openid-configuration";

    /// <summary>Where the keys are.</summary>
    public const string KeysPath = "/openid/v1/jwks";

    /// <summary>The content type of the keys.</summary>
    public const string KeysContentType = "application/jwk-set+json";

    /// <summary>The cache header of both.</summary>
    public const string CacheControl = "public, max-age=3600";

    /// <summary>The configuration: the issuer, and where its keys are.</summary>
    /// <param name="issuer">The first issuer.</param>
    /// <param name="keysUri">The keys' full URI (<c>--service-account-jwks-uri</c>).</param>
    /// <param name="keys">The keys.</param>
    public static byte[] Configuration(string issuer, string keysUri, IEnumerable<TokenKey> keys) => Write(json =>
    {
        json.WriteString("issuer", issuer);
        json.WriteString("jwks_uri", keysUri);
        WriteList(json, "response_types_supported", ["id_token"]);
        WriteList(json, "subject_types_supported", ["public"]);
        WriteList(
            json, "id_token_signing_alg_values_supported",
            keys.Select(key => key.Algorithm).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    });

    /// <summary>The keys.</summary>
    public static byte[] Keys(IEnumerable<TokenKey> keys) => Write(json =>
    {
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            foreach (var (name, value) in key.WebKeyFields())
            {
                json.WriteString(name, value);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
        json.WriteEndArray();
    }
}
