using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>Reads objects off request bodies: JSON, YAML or protobuf, with upstream's error texts.</summary>
internal static class ObjectBody
{
    private const string TypeMetaGoType =
        "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";

    /// <summary>The media type that a Content-Type header names; null when the server does not read it.</summary>
    public static WireFormat? FormatOf(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return WireFormat.Json;
        }

        int semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> type = (semicolon < 0 ? contentType.AsSpan() : contentType.AsSpan(0, semicolon)).Trim();
        return type.Equals(MediaType.Json, StringComparison.OrdinalIgnoreCase) ? WireFormat.Json
            : type.Equals(MediaType.Yaml, StringComparison.OrdinalIgnoreCase) ? WireFormat.Yaml
            : type.Equals(MediaType.Protobuf, StringComparison.OrdinalIgnoreCase) ? WireFormat.Protobuf
            : null;
    }

    /// <summary>Reads an object of a kind and fills in its defaults; findings of strict decoding go to the
    /// request.</summary>
    public static ApiResult<IObject> Read(ApiRequest request, ApiKind kind, byte[] body, string? contentType)
    {
        WireFormat? format = FormatOf(contentType);
        return format switch
        {
            null => ApiErrors.UnsupportedMediaType(MediaType.Available),
            WireFormat.Protobuf => ReadProto(kind, body),
            WireFormat.Yaml => ReadYaml(request, kind, body),
            _ => ReadJson(request, kind, body, [], body),
        };
    }

    private static ApiResult<IObject> ReadYaml(ApiRequest request, ApiKind kind, byte[] body)
    {
        List<string> duplicates = [];
        byte[] json;
        try
        {
            json = YamlReader.ToJson(body, duplicates);
        }
        catch (DecodeException exception)
        {
            return Unrecognized(kind, exception.Message, body);
        }

        return ReadJson(request, kind, json, duplicates, body);
    }

    private static ApiResult<IObject> ReadProto(ApiKind kind, byte[] body)
    {
        ProtoEnvelope envelope;
        try
        {
            envelope = ProtoEnvelope.Read(body);
        }
        catch (DecodeException exception)
        {
            return Unrecognized(kind, exception.Message, body);
        }

        if (!BodyType.TryParse(envelope.ApiVersion, envelope.Kind, kind.Info, out BodyType type, out string? problem))
        {
            return Unrecognized(kind, problem, body);
        }

        if (type.Mismatch(kind.Info) is { } other)
        {
            return ApiErrors.BadRequest(type.Unhandled(kind.Info, other));
        }

        try
        {
            IObject obj = type.DecodedAs(kind).DecodeProto(envelope.Content.Span);
            return type.OtherVersion(kind.Info) is { } mismatch
                ? mismatch
                : ApiResult<IObject>.Of(kind.SetDefaults(obj));
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(type.Unhandled(kind.Info, exception.Message));
        }
    }

    private static ApiResult<IObject> ReadJson(
        ApiRequest request, ApiKind kind, byte[] json, List<string> yamlFindings, byte[] body)
    {
        (string apiVersion, string name, string? problem) = ReadType(json);
        if (problem is not null)
        {
            return Unrecognized(kind, "couldn't get version/kind; json parse error: " + problem, body);
        }

        if (!BodyType.TryParse(apiVersion, name, kind.Info, out BodyType type, out problem))
        {
            return Unrecognized(kind, problem, body);
        }

        if (type.Mismatch(kind.Info) is { } other)
        {
            return ApiErrors.BadRequest(type.Unhandled(kind.Info, other));
        }

        DecodeReport? report = request.FieldValidation == FieldValidation.Ignore ? null : new();
        try
        {
            IObject obj = type.DecodedAs(kind).DecodeJson(json, report);
            foreach (string absent in RegisteredKinds.FieldsAddedAfter(type))
            {
                Tree? there = absent.Split('.').Aggregate(
                    (Tree?)TreeReader.Read(json), (at, field) => (at as ObjectTree)?[field]);
                if (there is not null)
                {
                    report?.Unknown(absent);
                }
            }

            return CheckFindings(request, kind, type, yamlFindings, report) is { } strict ? strict
                : type.OtherVersion(kind.Info) is { } mismatch ? mismatch
                : ApiResult<IObject>.Of(kind.SetDefaults(obj));
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(type.Unhandled(kind.Info, exception.Message));
        }
        catch (JsonException)
        {
            return Unrecognized(
                kind, "couldn't get version/kind; json parse error: " + GoJsonSyntax.Describe(json), body);
        }
    }

    /// <summary>Upstream's error for a body whose kind can't be told.</summary>
    private static Status Unrecognized(ApiKind kind, string problem, byte[] body) => ApiErrors.BadRequest(
        $"the object provided is unrecognized (must be of type {kind.Info.Kind}): {problem} ({Summary(body)})");

    private static Status? CheckFindings(
        ApiRequest request, ApiKind kind, BodyType type, List<string> yamlFindings, DecodeReport? report)
    {
        IReadOnlyList<string> findings = report?.Findings ?? [];
        if (report is null || (findings.Count == 0 && yamlFindings.Count == 0))
        {
            return null;
        }

        if (request.FieldValidation == FieldValidation.Strict)
        {
            // What the YAML itself has too much of is one error with a line for each.
            IEnumerable<string> errors = yamlFindings.Count == 0
                ? findings
                : [YamlReader.StrictError(yamlFindings), .. findings];
            return ApiErrors.BadRequest(
                type.Unhandled(kind.Info, "strict decoding error: " + string.Join(", ", errors)));
        }

        foreach (string finding in yamlFindings.Concat(findings))
        {
            request.Warn(finding);
        }

        return null;
    }

    /// <summary>Reads kind and apiVersion, which must be texts if they are there; the rest only has to be
    /// JSON.</summary>
    public static (string ApiVersion, string Kind, string? Problem) ReadType(ReadOnlySpan<byte> body)
    {
        try
        {
            (string apiVersion, string kind) = ("", "");
            Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = 1000 });
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                return ("", "", null);
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return ("", "", $"json: cannot unmarshal {GoJsonSyntax.TypeName(body)} into Go value of type {TypeMetaGoType}");
            }

            // The usual writers put both first; then the rest is checked by the decoder anyway.
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isVersion = reader.ValueTextEquals("apiVersion"u8);
                if (!isVersion && !reader.ValueTextEquals("kind"u8))
                {
                    reader.Skip();
                    continue;
                }

                reader.Read();
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                {
                    string found = reader.TokenType switch
                    {
                        JsonTokenType.Number => "number",
                        JsonTokenType.StartObject => "object",
                        JsonTokenType.StartArray => "array",
                        _ => "bool",
                    };
                    return ("", "", $"json: cannot unmarshal {found} into Go struct field .{(isVersion ? "apiVersion" : "kind")} of type string");
                }

                string text = reader.GetString() ?? "";
                (apiVersion, kind) = isVersion ? (text, kind) : (apiVersion, text);
                if (apiVersion.Length > 0 && kind.Length > 0)
                {
                    break;
                }
            }

            return (apiVersion, kind, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ("", "", GoJsonSyntax.Describe(body));
        }
    }

    /// <summary>A body as upstream shows it in errors: text for what looks like an object, else hexadecimal, cut
    /// short.</summary>
    private static string Summary(ReadOnlySpan<byte> body)
    {
        const int Longest = 30;
        if (body.IsEmpty)
        {
            return "<empty>";
        }

        string tail = body.Length > Longest ? " ..." : "";
        ReadOnlySpan<byte> start = body[..Math.Min(body.Length, Longest)];
        return (body[0] == (byte)'{' ? Encoding.UTF8.GetString(start) : Convert.ToHexStringLower(start)) + tail;
    }
}
