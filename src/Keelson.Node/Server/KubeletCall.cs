using System.Text;
using Keelson.Nodes.Server.Backends;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server;

/// <summary>A request to a node that may be served.</summary>
/// <param name="Http">The request.</param>
/// <param name="Node">The node.</param>
/// <param name="Path">The path's segments.</param>
/// <param name="Clock">The clock.</param>
internal sealed record KubeletCall(HttpContext Http, KubeletBackend Node, string[] Path, TimeProvider Clock)
{
    /// <summary>Ends when the client is gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>A parameter of the query; empty for none.</summary>
    public string Query(string name) => Http.Request.Query[name].ToString();

    /// <summary>Answers with a text.</summary>
    public Task TextAsync(string text, int code = 200, string type = "text/plain; charset=utf-8") =>
        AnswerAsync(Http, code, text, type);

    /// <summary>Answers with an error as Go's servers do.</summary>
    public Task ErrorAsync(string text, int code) => ErrorAsync(Http, text, code);

    /// <summary>Answers a request with an error as Go's servers do.</summary>
    public static Task ErrorAsync(HttpContext http, string text, int code)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return AnswerAsync(http, code, text + "\n");
    }

    /// <summary>Answers with JSON.</summary>
    public Task JsonAsync(ReadOnlyMemory<byte> json)
    {
        Http.Response.ContentType = "application/json";
        Http.Response.ContentLength = json.Length;
        return Http.Response.Body.WriteAsync(json, Aborted).AsTask();
    }

    /// <summary>Answers with a refusal.</summary>
    public Task RefuseAsync(KubeletRefusal refusal) => TextAsync(refusal.Text, refusal.Code);

    /// <summary>Answers a request with a text.</summary>
    public static Task AnswerAsync(
        HttpContext http, int code, string text, string type = "text/plain; charset=utf-8")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = code;
        http.Response.ContentType = type;
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
