using System.Net.Http;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>The statuses that a kubelet's refusals become.</summary>
internal static class KubeletErrors
{
    private const int LongestText = 50000;

    /// <summary>The status of an answer; null when it is none of an error.</summary>
    public static async ValueTask<Status?> OfAsync(
        HttpResponseMessage response, string pod, CancellationToken cancellation)
    {
        int code = (int)response.StatusCode;
        if (code is >= 200 and <= 206)
        {
            return null;
        }

        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] bytes = new byte[LongestText];
        int length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        string text = Encoding.UTF8.GetString(bytes, 0, length);
        return code switch
        {
            500 => ApiErrors.Internal(text),
            400 => ApiErrors.BadRequest(text),
            _ => Generic(code, pod, text),
        };
    }

    /// <summary>What <c>NewGenericServerResponse</c> makes of a code, for a GET of a pod's log.</summary>
    private static Status Generic(int code, string pod, string text)
    {
        (string reason, string message) = code switch
        {
            401 => ("Unauthorized", "the server has asked for the client to provide credentials"),
            403 => ("Forbidden", text),
            404 => ("NotFound", "the server could not find the requested resource"),
            405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
            406 => ("NotAcceptable", OrElse(
                text, "the server was unable to respond with a content type that the client supports")),
            409 => ("Conflict", "the server reported a conflict"),
            410 => ("Gone", "the server has removed the requested resource"),
            413 => ("RequestEntityTooLarge", Unexplained(code)),
            415 => ("UnsupportedMediaType", OrElse(
                text, "the server rejected our request due to an unsupported content type")),
            422 => ("Invalid", "the server rejected our request due to an error in our request"),
            429 => ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "the server was unable to return a response in the time allotted, "
                + "but may still be processing the request"),
            >= 500 => ("InternalError",
                $"an error on the server ({GoText.Quote(text)}) has prevented the request from succeeding"),
            _ => ("", Unexplained(code)),
        };
        StatusDetails details = new() { Kind = "pods/log", Name = pod };
        return ApiErrors.Make(code, reason, $"{message} ( pods/log {pod})", details);
    }

    private static string OrElse(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    private static string Unexplained(int code) =>
        $"the server responded with the status code {code} but did not return more information";
}
