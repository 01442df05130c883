using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>A signed token in its compact form, <c>header.payload.signature</c>, taken apart and not yet believed.
/// </summary>
internal sealed class JsonWebToken
{
    private readonly byte[] signed;
    private readonly byte[] signature;

    private JsonWebToken(string algorithm, byte[] payload, byte[] signed, byte[] signature)
    {
        (Algorithm, Payload) = (algorithm, payload);
        (this.signed, this.signature) = (signed, signature);
    }

    public string Algorithm { get; }

    public byte[] Payload { get; }

    public static bool TryParse(string compact, [NotNullWhen(true)] out JsonWebToken? token)
    {
        token = null;
        var text = compact.AsSpan();
        var first = text.IndexOf('.');
        var last = text.LastIndexOf('.');
        if (first < 0 || last == first || text[(first + 1)..last].Contains('.'))
        {
            return false;
        }
        try
        {
            if (ReadAlgorithm(Base64Url.DecodeFromChars(text[..first])) is not { } algorithm)
            {
                return false;
            }
            token = new JsonWebToken(
                algorithm,
                Base64Url.DecodeFromChars(text[(first + 1)..last]),
                Encoding.ASCII.GetBytes(compact, 0, last),
                Base64Url.DecodeFromChars(text[(last + 1)..]));
            return true;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public bool IsSignedBy(TokenKey key) => key.Verify(Algorithm, signed, signature);

    /// <summary>Signs claims.</summary>
    public static string Create(TokenKey key, ServiceAccountClaims claims)
    {
        var header = Encode(json =>
        {
            json.WriteStartObject();
            json.WriteString("alg", key.Algorithm);
            json.WriteString("kid", key.Id);
            json.WriteEndObject();
        });
        var signed = $"{header}.{Encode(claims.Write)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }
        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    private static string? ReadAlgorithm(byte[] header)
    {
        var json = new Utf8JsonReader(header);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isAlgorithm = json.ValueTextEquals("alg"u8);
            json.Read();
            if (isAlgorithm)
            {
                return json.TokenType == JsonTokenType.String ? json.GetString() : null;
            }
            json.Skip();
        }
        return null;
    }
}
