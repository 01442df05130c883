using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;

namespace Keelson.Server.Verbs;

/// <summary>
/// Where a page of a list ended: the revision of the list and the key to go on with, relative to where the list begins.
/// The text form is upstream's, so tokens survive a change of server.
/// </summary>
internal readonly record struct ContinueToken(long Revision, string Start)
{
    private const string Version = "meta.k8s.io/v1";

    /// <summary>The token's text.</summary>
    public string Encode()
    {
        string json = $"{{\"v\":\"{Version}\",\"rv\":{Revision},\"start\":{JsonSerializer.Serialize(Start, ContinueJson.Default.String)}}}";
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Reads a token's text.</summary>
    public static ApiResult<ContinueToken> Decode(string text)
    {
        string? problem = Read(text, out ContinueToken token);
        return problem is null
            ? token
            : ApiErrors.BadRequest("invalid continue token: continue key is not valid: " + problem);
    }

    private static string? Read(string text, out ContinueToken token)
    {
        token = default;
        if (!TryDecode(text, out byte[] json, out int illegal))
        {
            return string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {illegal}");
        }

        Tree tree;
        try
        {
            tree = TreeReader.Read(json);
        }
        catch (DecodeException exception)
        {
            return exception.Message;
        }

        if (tree is not (ObjectTree or NullTree))
        {
            return $"json: cannot unmarshal {GoJsonSyntax.TypeName(json)} into Go value of type storage.continueToken";
        }

        ObjectTree fields = tree as ObjectTree ?? new();
        if ((Mistyped(fields, "v", "string") ?? Mistyped(fields, "rv", "int64") ?? Mistyped(fields, "start", "string")) is { } wrong)
        {
            return wrong;
        }

        string version = fields.TextAt("v");
        if (version != Version)
        {
            return $"server does not recognize this encoded version {GoText.Quote(version)}";
        }

        token = new((fields["rv"] as IntegerTree)?.Value ?? 0, fields.TextAt("start"));
        return token.Revision == 0 ? $"incorrect encoded start resourceVersion (version {Version})"
            : token.Start.Length == 0 ? $"encoded start key empty (version {Version})"
            : IsClean(token.Start) ? null
            : token.Start;
    }

    private static string? Mistyped(ObjectTree fields, string name, string goType) => fields[name] switch
    {
        null or NullTree => null,
        TextTree when goType == "string" => null,
        IntegerTree when goType == "int64" => null,
        Tree other =>
            $"json: cannot unmarshal {Found(other, goType)} into Go struct field continueToken.{name} of type {goType}",
    };

    private static string Found(Tree tree, string goType) => tree switch
    {
        ObjectTree => "object",
        ListTree => "array",
        TextTree => "string",
        BoolTree => "bool",
        _ when goType == "int64" => "number " + Encoding.UTF8.GetString(tree.ToJson()),
        _ => "number",
    };

    /// <summary>True for a key without steps that would lead out of the resource's own.</summary>
    private static bool IsClean(string key) =>
        key == "/" || !(key.StartsWith('/') ? key[1..] : key).Split('/').Any(step => step is "" or "." or "..");

    /// <summary>Go's base64 for URLs without padding: line breaks are skipped, bits that are left over do not
    /// count.</summary>
    private static bool TryDecode(string text, out byte[] decoded, out int illegal)
    {
        List<byte> bytes = new(text.Length);
        (int bits, int count, int digits) = (0, 0, 0);
        decoded = [];
        for (illegal = 0; illegal < text.Length; illegal++)
        {
            char one = text[illegal];
            if (one is '\r' or '\n')
            {
                continue;
            }

            int value = one switch
            {
                >= 'A' and <= 'Z' => one - 'A',
                >= 'a' and <= 'z' => one - 'a' + 26,
                >= '0' and <= '9' => one - '0' + 52,
                '-' => 62,
                '_' => 63,
                _ => -1,
            };
            if (value < 0)
            {
                return false;
            }

            bits = ((bits << 6) | value) & 0xffffff;
            count += 6;
            digits++;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
            }
        }

        decoded = [.. bytes];
        illegal = text.Length - 1;
        return digits % 4 != 1;
    }
}

/// <summary>The text form of a token's key.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ContinueJson : System.Text.Json.Serialization.JsonSerializerContext;
