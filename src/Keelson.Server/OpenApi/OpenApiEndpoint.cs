using System.Globalization;
using Keelson.Server.Discovery;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.OpenApi;

/// <summary>Serves /openapi/v2, /openapi/v3 and the documents below it.</summary>
internal sealed class OpenApiEndpoint(OpenApiDocuments documents, TimeProvider time) : IPathEndpoint
{
    private const string V3 = "/openapi/v3";
    private const string ProtoV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string ProtoV3 = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf";

    /// <inheritdoc/>
    public bool Serves(string path) =>
        path is "/openapi/v2" or V3 || path.StartsWith(V3 + "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "";
        if (path is V3 or V3 + "/")
        {
            return ServeContentAsync(http, documents.Index, MediaType.Json, isProto: false);
        }

        bool isV3 = path.StartsWith(V3, StringComparison.Ordinal);
        CachedSpec? spec = isV3 ? documents.Named(path[(V3.Length + 1)..]) : documents.Whole;
        if (spec is null)
        {
            return PlainAnswer.NotFoundAsync(http);
        }

        http.Response.Headers.Vary = "Accept";
        string proto = isV3 ? ProtoV3 : ProtoV2;
        foreach (AcceptClause clause in AcceptClause.Read(http.Request.Headers.Accept.ToString()))
        {
            bool isJson = clause.Takes(MediaType.Json);
            if (isJson || clause.Takes(proto)
                || clause.Takes(proto.Replace(".v1.0+", "@v1.0+", StringComparison.Ordinal)))
            {
                return isV3 && RedirectedOrCacheable(http, path[(V3.Length + 1)..], spec)
                    ? Task.CompletedTask
                    : ServeContentAsync(http, spec, isJson ? MediaType.Json : proto, !isJson);
            }
        }

        http.Response.StatusCode = StatusCodes.Status406NotAcceptable;
        return Task.CompletedTask;
    }

    /// <summary>
    /// A request that names a hash may keep the answer for ever, if the hash is right, and is sent to the right one
    /// otherwise (true).
    /// </summary>
    private bool RedirectedOrCacheable(HttpContext http, string name, CachedSpec spec)
    {
        string hash = http.Request.Query["hash"].ToString();
        if (hash.Length == 0)
        {
            return false;
        }

        if (hash != spec.ETag)
        {
            http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            http.Response.Headers.ETag = Quoted(spec);
            http.Response.Headers.Location = OpenApiDocuments.AddressOf(name, spec);
            return true;
        }

        http.Response.Headers.CacheControl = "public, immutable";
        http.Response.Headers.Expires = time.GetUtcNow().AddYears(1).ToString("R", CultureInfo.InvariantCulture);
        return false;
    }

    /// <summary>Answers with the document, or says that the client has it already.</summary>
    private static Task ServeContentAsync(HttpContext http, CachedSpec spec, string type, bool isProto)
    {
        HttpRequest request = http.Request;
        http.Response.Headers.ETag = Quoted(spec);
        http.Response.Headers.LastModified = spec.LastModified.ToString("R", CultureInfo.InvariantCulture);
        string known = request.Headers.IfNoneMatch.ToString();
        bool isKnown = known.Length > 0
            ? known == "*" || known.Split(',')
                .Any(one => one.Trim().Replace("W/", "", StringComparison.Ordinal) == Quoted(spec))
            : IsSince(request.Headers.IfModifiedSince.ToString(), spec);
        if (isKnown && request.Method is "GET" or "HEAD")
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.ContentType = type;
        byte[] bytes;
        if (!request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            bytes = isProto ? spec.Proto : spec.Json;
        }
        else
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.Headers.Vary = "Accept, Accept-Encoding";
            bytes = isProto ? GzipBytes.Compress(spec.Proto) : spec.Compressed;
        }

        return PlainAnswer.BytesAsync(http, bytes);
    }

    private static bool IsSince(string header, CachedSpec spec) =>
        DateTimeOffset.TryParseExact(
            header, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset since)
        && spec.LastModified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();

    private static string Quoted(CachedSpec spec) => "\"" + spec.ETag + "\"";
}
