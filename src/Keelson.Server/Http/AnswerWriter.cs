using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Server.Http;

/// <summary>Writes answers in the form that was negotiated.</summary>
internal static class AnswerWriter
{
    [ThreadStatic]
    private static JsonBuffer? buffer;

    /// <summary>Writes a status; its code is the answer's.</summary>
    public static Task WriteStatusAsync(HttpContext http, Status status, WireFormat format = WireFormat.Json)
    {
        int code = status.Code == 0 ? StatusCodes.Status200OK : status.Code;
        if (status.Details is { RetryAfterSeconds: > 0 } details)
        {
            http.Response.Headers.RetryAfter = details.RetryAfterSeconds.ToString(
                System.Globalization.CultureInfo.InvariantCulture);
        }

        if (code == StatusCodes.Status413PayloadTooLarge && http.Features.Get<IHttpResponseFeature>() is { } response)
        {
            response.ReasonPhrase = "Request Entity Too Large";
        }

        byte[] bytes = format == WireFormat.Protobuf
            ? ProtoEnvelope.Write("v1", "Status", status.WriteProto)
            : Json(status.WriteJson);
        return WriteBytesAsync(http, code, bytes, format);
    }

    /// <summary>Writes a stored object.</summary>
    public static Task WriteStoredAsync(HttpContext http, int code, StoredObject obj, WireFormat format)
    {
        if (format == WireFormat.Json && !IsPretty(http))
        {
            http.Response.StatusCode = code;
            http.Response.ContentType = MediaType.Json;
            int size = obj.Size;
            http.Response.ContentLength = size;
            PipeWriter body = http.Response.BodyWriter;
            body.Advance(obj.CopyTo(body.GetSpan(size)));
            return Task.CompletedTask;
        }

        return WriteBytesAsync(http, code, format == WireFormat.Protobuf ? obj.ToProto() : obj.ToJson(), format);
    }

    /// <summary>Writes a record that is not stored.</summary>
    public static Task WriteRecordAsync(HttpContext http, int code, IObject record, WireFormat format) =>
        WriteBytesAsync(
            http, code, format == WireFormat.Protobuf ? ProtoEnvelope.Write(record) : Json(record.WriteJson), format);

    /// <summary>Writes bytes: an envelope for protobuf, JSON otherwise, which is turned into YAML where that was asked
    /// for.</summary>
    public static async Task WriteBytesAsync(HttpContext http, int code, ReadOnlyMemory<byte> bytes, WireFormat format)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = format switch
        {
            WireFormat.Yaml => MediaType.Yaml,
            WireFormat.Protobuf => MediaType.Protobuf,
            _ => MediaType.Json,
        };
        if (format == WireFormat.Yaml)
        {
            bytes = YamlWriter.Write(TreeReader.Read(bytes.Span));
        }
        else if (format == WireFormat.Json && IsPretty(http))
        {
            bytes = Pretty(bytes.Span);
        }

        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary>The JSON that an action writes.</summary>
    public static byte[] Json(Action<JsonBuffer> write)
    {
        // Taken out while it is written to, since an action may need JSON for a part of its own.
        JsonBuffer json = buffer ?? new(16 * 1024);
        buffer = null;
        json.Clear();
        write(json);
        buffer = json;
        return json.ToArray();
    }

    /// <summary>Indented JSON is for people: on request, or for the tools that they look through.</summary>
    public static bool IsPretty(HttpContext http)
    {
        if (http.Request.Query.Count > 0 && http.Request.Query.TryGetValue("pretty", out var pretty))
        {
            return pretty[0] is not ("false" or "0");
        }

        string agent = http.Request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal)
            || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }

    private static byte[] Pretty(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte> indented = new(json.Length * 2);
        using (System.Text.Json.Utf8JsonWriter writer = new(indented, new System.Text.Json.JsonWriterOptions
        {
            Indented = true,
            SkipValidation = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NewLine = "\n",
        }))
        {
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json.ToArray());
            document.RootElement.WriteTo(writer);
        }

        return indented.WrittenSpan.ToArray();
    }
}
