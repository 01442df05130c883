using System.Text.Json;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary>Reads claims of both forms, the bound one and the legacy one.</summary>
internal static class ServiceAccountClaimsReader
{
    /// <summary>The issuer alone; null when the payload is no JSON object or names none.</summary>
    public static string? ReadIssuer(ReadOnlySpan<byte> payload)
    {
        try
        {
            var json = new Utf8JsonReader(payload);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isIssuer = json.ValueTextEquals("iss"u8);
                json.Read();
                if (isIssuer)
                {
                    return json.TokenType == JsonTokenType.String ? json.GetString() : null;
                }
                json.Skip();
            }
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Texts that are no UTF-8 are refused in the second way.
            return null;
        }
    }

    /// <summary>All claims; null when a claim is not of its type.</summary>
    public static ServiceAccountClaims? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            var json = new Utf8JsonReader(payload);
            json.Read();
            return new Draft().Read(ref json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The claims while they come in.</summary>
    private sealed class Draft
    {
        private string issuer = "", subject = "", id = "", accountNamespace = "";
        private string legacyName = "", legacyUid = "";
        private long? expiry, issuedAt, notBefore, warnAfter;
        private IReadOnlyList<string> audiences = [];
        private BoundReference? account, pod, node, secret;

        public ServiceAccountClaims Read(ref Utf8JsonReader json)
        {
            ReadObject(ref json, ReadClaim);
            return new ServiceAccountClaims
            {
                Issuer = issuer, Subject = subject, Id = id, Audiences = audiences,
                Expiry = expiry, IssuedAt = issuedAt, NotBefore = notBefore, WarnAfter = warnAfter,
                Namespace = accountNamespace,
                ServiceAccount = account ?? new BoundReference(legacyName, legacyUid),
                Pod = pod, Node = node, Secret = secret,
            };
        }

        private delegate void FieldReader(string name, ref Utf8JsonReader json);

        private static void ReadObject(ref Utf8JsonReader json, FieldReader read)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                read(name, ref json);
            }
        }

        private void ReadClaim(string name, ref Utf8JsonReader json)
        {
            switch (name)
            {
                case "iss": issuer = Text(ref json); break;
                case "sub": subject = Text(ref json); break;
                case "jti": id = Text(ref json); break;
                case "aud": audiences = ReadAudiences(ref json); break;
                case "exp": expiry = Seconds(ref json); break;
                case "iat": issuedAt = Seconds(ref json); break;
                case "nbf": notBefore = Seconds(ref json); break;
                case "kubernetes.io": ReadObject(ref json, ReadKubernetesClaim); break;
                case "kubernetes.io/serviceaccount/namespace": accountNamespace = Text(ref json); break;
                case "kubernetes.io/serviceaccount/service-account.name": legacyName = Text(ref json); break;
                case "kubernetes.io/serviceaccount/service-account.uid": legacyUid = Text(ref json); break;
                case "kubernetes.io/serviceaccount/secret.name":
                    secret = new BoundReference(Text(ref json), "");
                    break;
                default: json.Skip(); break;
            }
        }

        private void ReadKubernetesClaim(string name, ref Utf8JsonReader json)
        {
            switch (name)
            {
                case "namespace": accountNamespace = Text(ref json); break;
                case "serviceaccount": account = Reference(ref json); break;
                case "pod": pod = Reference(ref json); break;
                case "node": node = Reference(ref json); break;
                case "secret": secret = Reference(ref json); break;
                case "warnafter": warnAfter = Seconds(ref json); break;
                default: json.Skip(); break;
            }
        }

        private static BoundReference? Reference(ref Utf8JsonReader json)
        {
            if (json.TokenType == JsonTokenType.Null)
            {
                return null;
            }
            string referencedName = "", uid = "";
            ReadObject(ref json, (string name, ref Utf8JsonReader inner) =>
            {
                switch (name)
                {
                    case "name": referencedName = Text(ref inner); break;
                    case "uid": uid = Text(ref inner); break;
                    default: inner.Skip(); break;
                }
            });
            return new BoundReference(referencedName, uid);
        }

        private static List<string> ReadAudiences(ref Utf8JsonReader json)
        {
            if (json.TokenType != JsonTokenType.StartArray)
            {
                return [Text(ref json)];
            }
            var list = new List<string>();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                list.Add(Text(ref json));
            }
            return list;
        }

        private static string Text(ref Utf8JsonReader json) =>
            json.TokenType == JsonTokenType.String ? json.GetString()! : throw new JsonException();

        // JSON web tokens allow fractions of a second; they are cut.
        private static long Seconds(ref Utf8JsonReader json) =>
            json.TokenType == JsonTokenType.Number ? (long)json.GetDouble() : throw new JsonException();
    }
}
