using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
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
        return type switch
        {
            MediaType.Json => WireFormat.Json,
            MediaType.Yaml => WireFormat.Yaml,
            MediaType.Protobuf => WireFormat.Protobuf,
            _ => null,
        };
    }

    /// <summary>Reads an object of a kind and fills in its defaults; findings of strict decoding go to the request.</summary>
    public static ApiResult<IObject> Read(ApiRequest request, ApiKind kind, byte[] body, string? contentType)
    {
        WireFormat? format = FormatOf(contentType);
        return format switch
        {
            null => ApiErrors.UnsupportedMediaType(MediaType.Available),
            WireFormat.Protobuf => ReadProto(kind, body),
            WireFormat.Yaml => ReadYaml(request, kind, body),
            _ => ReadJson(request, kind, body, null),
        };
    }

    /// <summary>Reads an object's JSON that the server itself made from a patch.</summary>
    public static ApiResult<IObject> ReadPatched(ApiKind kind, ReadOnlySpan<byte> json, DecodeReport? report)
    {
        try
        {
            return ApiResult<IObject>.Of(kind.SetDefaults(kind.DecodeJson(json, report)));
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(exception.Message);
        }
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
            return ApiErrors.BadRequest(
                $"the object provided is unrecognized (must be of type {kind.Info.Kind}): {exception.Message} ({Summary(body)})");
        }

        return ReadJson(request, kind, json, duplicates);
    }

    private static ApiResult<IObject> ReadProto(ApiKind kind, byte[] body)
    {
        try
        {
            ProtoEnvelope envelope = ProtoEnvelope.Read(body);
            return CheckType(kind, envelope.ApiVersion, envelope.Kind) is { } mismatch
                ? mismatch
                : ApiResult<IObject>.Of(kind.SetDefaults(kind.DecodeProto(envelope.Content.Span)));
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(
                $"the object provided is unrecognized (must be of type {kind.Info.Kind}): {exception.Message} ({Summary(body)})");
        }
    }

    private static ApiResult<IObject> ReadJson(ApiRequest request, ApiKind kind, byte[] body, List<string>? yamlFindings)
    {
        (string apiVersion, string name, string? problem) = ReadType(body);
        if (problem is not null)
        {
            return ApiErrors.BadRequest(
                $"the object provided is unrecognized (must be of type {kind.Info.Kind}): couldn't get version/kind; json parse error: {problem} ({Summary(body)})");
        }

        if (CheckType(kind, apiVersion, name) is { } mismatch)
        {
            return mismatch;
        }

        DecodeReport? report = request.FieldValidation == FieldValidation.Ignore ? null : new();
        try
        {
            IObject obj = kind.DecodeJson(body, report);
            List<string> findings = [.. yamlFindings ?? [], .. report?.Findings ?? []];
            return CheckFindings(request, kind, findings) is { } refused ? refused : ApiResult<IObject>.Of(kind.SetDefaults(obj));
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(Unhandled(kind, kind.Info.ApiVersion, kind.Info.Kind, exception.Message));
        }
        catch (JsonException)
        {
            return ApiErrors.BadRequest(Unhandled(kind, kind.Info.ApiVersion, kind.Info.Kind, GoJsonSyntax.Describe(body)));
        }
    }

    private static Status? CheckFindings(ApiRequest request, ApiKind kind, List<string> findings)
    {
        if (findings.Count == 0 || request.FieldValidation == FieldValidation.Ignore)
        {
            return null;
        }

        if (request.FieldValidation == FieldValidation.Strict)
        {
            return ApiErrors.BadRequest(
                Unhandled(kind, kind.Info.ApiVersion, kind.Info.Kind, "strict decoding error: " + string.Join(", ", findings)));
        }

        foreach (string finding in findings)
        {
            request.Warn(finding);
        }

        return null;
    }

    /// <summary>Reads kind and apiVersion, which must be texts if they are there; the rest only has to be JSON.</summary>
    private static (string ApiVersion, string Kind, string? Problem) ReadType(ReadOnlySpan<byte> body)
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

    private static Status? CheckType(ApiKind kind, string apiVersion, string name)
    {
        apiVersion = apiVersion.Length == 0 ? kind.Info.ApiVersion : apiVersion;
        name = name.Length == 0 ? kind.Info.Kind : name;
        if (apiVersion == kind.Info.ApiVersion && name == kind.Info.Kind)
        {
            return null;
        }

        string version = apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        bool registered = ApiKinds.All.Any(one => one.Info.ApiVersion == apiVersion && one.Info.Kind == name);
        string group = kind.Info.Group.Length == 0 ? "core" : kind.Info.Group[..(kind.Info.Group + ".").IndexOf('.', StringComparison.Ordinal)];
        string problem = registered
            ? $"converting ({version}.{name}) to ({group}.{kind.Info.Kind}): unknown conversion"
            : $"no kind \"{name}\" is registered for version \"{apiVersion}\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"";
        return ApiErrors.BadRequest(Unhandled(kind, apiVersion, name, problem));
    }

    private static string Unhandled(ApiKind kind, string apiVersion, string name, string problem) =>
        $"{name} in version \"{apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]}\" cannot be handled as a {kind.Info.Kind}: {problem}";

    /// <summary>A body as upstream shows it in errors: text for what looks like an object, else hexadecimal, cut short.</summary>
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
