using System.Text;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>Answers in plain text, as Go's own HTTP library gives them.</summary>
internal static class PlainAnswer
{
    /// <summary>The answer for paths that nobody serves.</summary>
    public static Task NotFoundAsync(HttpContext http) =>
        ErrorAsync(http, StatusCodes.Status404NotFound, "404 page not found\n");

    /// <summary>A text that is no failure.</summary>
    public static Task TextAsync(HttpContext http, string text)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return BytesAsync(http, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A failure.</summary>
    public static Task ErrorAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        return TextAsync(http, text);
    }

    /// <summary>Bytes whose type was set already.</summary>
    public static async Task BytesAsync(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }
}
