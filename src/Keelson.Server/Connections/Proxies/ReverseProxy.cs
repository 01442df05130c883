using System.IO.Compression;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Passes a request on to a backend and its answer back, links turned to lead through here.</summary>
internal static class ReverseProxy
{
    /// <summary>Pages up to this size are held to rewrite their links; larger ones pass as they are.</summary>
    private const int LargestPage = 16 * 1024 * 1024;

    private static readonly string[] OfOtherOrigins =
    [
        "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin",
    ];

    /// <summary>Serves a request.</summary>
    /// <param name="call">The call.</param>
    /// <param name="url">Where it goes.</param>
    /// <param name="transport">How.</param>
    /// <param name="path">The client's path, unescaped.</param>
    public static async Task ServeAsync(ResourceCall call, BackendUrl url, BackendTransport transport, string path)
    {
        HttpContext http = call.Http;
        string suffix = path.EndsWith('/') && !url.Path.EndsWith('/') ? url.Path + "/" : url.Path;
        string prefix = path.EndsWith(suffix, StringComparison.Ordinal) ? path[..^suffix.Length] : path;
        using HttpRequestMessage request = RequestOf(http, url, prefix);
        HttpResponseMessage response;
        try
        {
            response = await transport.SendAsync(url, request, call.Aborted);
        }
        catch (BackendException exception)
        {
            string message = "error trying to reach service: " + exception.Message;
            await PlainAnswer.ErrorAsync(http, StatusCodes.Status503ServiceUnavailable, message);
            return;
        }

        using (response)
        {
            ProxyHeaders.CopyToClient(response, http.Response);
            foreach (string name in OfOtherOrigins)
            {
                http.Response.Headers.Remove(name);
            }

            await AnswerAsync(call, response, new LinkRewriter(url, http.Request.Host.Value ?? "", prefix));
        }
    }

    private static HttpRequestMessage RequestOf(HttpContext http, BackendUrl url, string prefix)
    {
        HttpRequestMessage request = new(new HttpMethod(http.Request.Method), (Uri?)null);
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentLength = http.Request.ContentLength;
        }

        ProxyHeaders.CopyToBackend(http.Request, request, isUpgrade: false);
        if (request.Content is { Headers.ContentLength: null })
        {
            request.Headers.TransferEncodingChunked = true;
        }

        request.Headers.Remove("X-Forwarded-Uri");
        string forwarded = GoUrl.CleanPath(prefix + (url.Path.StartsWith('/') ? url.Path : "/" + url.Path));
        request.Headers.TryAddWithoutValidation("X-Forwarded-Uri", forwarded);
        return request;
    }

    private static async Task AnswerAsync(ResourceCall call, HttpResponseMessage response, LinkRewriter links)
    {
        HttpResponse target = call.Http.Response;
        await using Stream body = await response.Content.ReadAsStreamAsync(call.Aborted);
        string location = target.Headers.Location.ToString();
        if (location.Length > 0)
        {
            target.Headers.Location = links.Rewrite(location);
        }
        else if (IsPage(response.Content.Headers) && call.Http.Request.Method != "HEAD")
        {
            await RewriteAsync(call, response, body, links);
            return;
        }

        if (call.Http.Request.Method != "HEAD" && target.StatusCode is not (204 or 304)
            && !await StreamRelay.CopyAsync(body, target.Body, call.Aborted))
        {
            // Half an answer must not look like a whole one.
            call.Http.Abort();
        }
    }

    private static bool IsPage(HttpContentHeaders headers) =>
        headers.TryGetValues("Content-Type", out IEnumerable<string>? types)
        && types.First().Split(';')[0].Trim() == "text/html"
        && headers.ContentEncoding.ToArray() is [] or ["gzip"] or ["deflate"];

    private static async Task RewriteAsync(
        ResourceCall call, HttpResponseMessage response, Stream body, LinkRewriter links)
    {
        string encoding = response.Content.Headers.ContentEncoding.FirstOrDefault("");
        HttpResponse target = call.Http.Response;
        byte[] received = await ReadAsync(body, call.Aborted);
        if (received.Length > LargestPage)
        {
            await target.BodyWriter.WriteAsync(received, call.Aborted);
            await StreamRelay.CopyAsync(body, target.Body, call.Aborted);
            return;
        }

        byte[]? page = encoding.Length == 0 ? received : Decompress(received, encoding);
        if (page is not null)
        {
            // Latin 1 carries every byte through; links are ASCII.
            string text = HtmlLinks.Rewrite(Encoding.Latin1.GetString(page), links.Rewrite);
            byte[] rewritten = Encoding.Latin1.GetBytes(text);
            received = encoding.Length == 0 ? rewritten : Compress(rewritten, encoding);
        }

        target.ContentLength = received.Length;
        await target.BodyWriter.WriteAsync(received, call.Aborted);
    }

    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellation)
    {
        using MemoryStream page = new();
        byte[] buffer = new byte[32 * 1024];
        try
        {
            while (page.Length <= LargestPage && await body.ReadAsync(buffer, cancellation) is > 0 and int count)
            {
                page.Write(buffer, 0, count);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // What came is passed on.
        }

        return page.ToArray();
    }

    private static byte[]? Decompress(byte[] bytes, string encoding)
    {
        try
        {
            using MemoryStream packed = new(bytes);
            using Stream unpacked = encoding == "gzip"
                ? new GZipStream(packed, CompressionMode.Decompress)
                : new DeflateStream(packed, CompressionMode.Decompress);
            using MemoryStream page = new();
            byte[] buffer = new byte[32 * 1024];
            while (unpacked.Read(buffer) is > 0 and int count)
            {
                page.Write(buffer, 0, count);
                if (page.Length > LargestPage)
                {
                    return null;
                }
            }

            return page.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static byte[] Compress(byte[] page, string encoding)
    {
        using MemoryStream packed = new();
        using (Stream packer = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(page);
        }

        return packed.ToArray();
    }
}
