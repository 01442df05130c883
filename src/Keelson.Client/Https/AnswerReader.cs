using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;

namespace Keelson.Client.Https;

/// <summary>What came back: bytes and how they are written.</summary>
/// <param name="Code">The status code.</param>
/// <param name="IsProto">True for protobuf, false for JSON or plain text.</param>
/// <param name="Body">The body.</param>
internal readonly record struct Answer(int Code, bool IsProto, byte[] Body);

/// <summary>Reads answers.</summary>
internal static class AnswerReader
{
    private const string Success = "Success";

    private static readonly Dictionary<(string ApiVersion, string Kind), ApiKind> Compiled =
        ApiKinds.All.GroupBy(static kind => (kind.Info.ApiVersion, kind.Info.Kind))
            .ToDictionary(static kinds => kinds.Key, static kinds => kinds.First());

    /// <summary>True for a kind that both sides know to write as protobuf.</summary>
    public static bool IsCompiled(ApiKind kind) => Compiled.ContainsKey((kind.Info.ApiVersion, kind.Info.Kind));

    /// <summary>The status of an answer that is none of success, whatever form it has.</summary>
    public static Status ReadError(Answer answer)
    {
        try
        {
            if (TryReadStatus(answer, out Status? status) && status.StatusValue != Success)
            {
                return status.Code == 0 ? status with { Code = answer.Code } : status;
            }
        }
        catch (Exception exception) when (exception is DecodeException or JsonException)
        {
            // Something between here and the server speaks its own language.
        }

        string text = Encoding.UTF8.GetString(answer.Body).Trim();
        return Plain(answer.Code, text.Length is > 0 and < 1024 ? text : "unknown");
    }

    /// <summary>The object of an answer; null where the server says success and shows none.</summary>
    public static IObject? ReadObject(ApiKind asked, Answer answer)
    {
        (string apiVersion, string kind, ReadOnlyMemory<byte> content) = Open(answer);
        if (kind == "Status" && apiVersion == "v1")
        {
            return null;
        }

        bool isAsked = asked.Info.Kind == kind && asked.Info.ApiVersion == apiVersion;
        ApiKind found = isAsked || !Compiled.TryGetValue((apiVersion, kind), out ApiKind? other) ? asked : other;
        return answer.IsProto ? found.DecodeProto(content.Span) : found.DecodeJson(content.Span);
    }

    /// <summary>The objects of a list.</summary>
    public static ObjectList ReadList(ApiKind kind, Answer answer) =>
        answer.IsProto ? ReadProtoList(kind, answer.Body) : ReadJsonList(kind, answer.Body);

    private static ObjectList ReadProtoList(ApiKind kind, byte[] body)
    {
        ProtoEnvelope envelope = ProtoEnvelope.Read(body);
        ProtoReader reader = new(envelope.Content.Span);
        ListMeta meta = ListMeta.Empty;
        List<IObject> items = [];
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    meta = reader.ReadMessage<ListMeta>();
                    break;
                case 2:
                    items.Add(kind.DecodeProto(reader.ReadBytes().AsSpan()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new(items, meta.ResourceVersion, meta.Continue);
    }

    private static ObjectList ReadJsonList(ApiKind kind, byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        List<IObject> items = [];
        if (document.RootElement.TryGetProperty("items", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in list.EnumerateArray())
            {
                items.Add(kind.DecodeJson(Encoding.UTF8.GetBytes(item.GetRawText())));
            }
        }

        document.RootElement.TryGetProperty("metadata", out JsonElement meta);
        return new(items, Text(meta, "resourceVersion"), Text(meta, "continue"));
    }

    private static bool TryReadStatus(
        Answer answer, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Status? status)
    {
        (string apiVersion, string kind, ReadOnlyMemory<byte> content) = Open(answer);
        status = null;
        if (kind != "Status" || apiVersion != "v1")
        {
            return false;
        }

        status = ReadStatus(content.Span, answer.IsProto);
        return true;
    }

    /// <summary>Reads a status' own message.</summary>
    public static Status ReadStatus(ReadOnlySpan<byte> content, bool isProto)
    {
        if (isProto)
        {
            ProtoReader reader = new(content);
            return Status.ReadProto(ref reader);
        }

        JsonDecoder decoder = new(content);
        return Status.ReadJson(ref decoder);
    }

    private static (string ApiVersion, string Kind, ReadOnlyMemory<byte> Content) Open(Answer answer)
    {
        if (answer.IsProto)
        {
            ProtoEnvelope envelope = ProtoEnvelope.Read(answer.Body);
            return (envelope.ApiVersion, envelope.Kind, envelope.Content);
        }

        using JsonDocument document = JsonDocument.Parse(answer.Body);
        return (Text(document.RootElement, "apiVersion"), Text(document.RootElement, "kind"), answer.Body);
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>What upstream's client makes of an answer that is no Status.</summary>
    private static Status Plain(int code, string text) => code switch
    {
        401 => ApiErrors.Make(401, "Unauthorized", "the server has asked for the client to provide credentials", null),
        403 => ApiErrors.Make(403, "Forbidden", text, null),
        404 => ApiErrors.NoSuchResource(),
        405 => ApiErrors.MethodNotAllowed(),
        429 =>
            ApiErrors.Make(
                429,
                "TooManyRequests",
                "the server has received too many requests and has asked us to try again later",
                null),
        503 => ApiErrors.Unavailable("the server is currently unable to handle the request"),
        504 => ApiErrors.Make(504, "Timeout", "the server was unable to return a response in the time allotted, but may still be processing the request", null),
        >= 500 =>
            ApiErrors.Make(
                code,
                "InternalError",
                $"an error on the server (\"{text}\") has prevented the request from succeeding",
                null),
        _ =>
            ApiErrors.Make(
                code,
                "Unknown",
                $"the server responded with the status code {code} but did not return more information",
                null),
    };
}
