using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Streaming.RemoteCommand;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>Asks kubelets for SPDY.</summary>
internal static class SpdyUpgrade
{
    public const string Protocol = "SPDY/3.1";

    private const int LongestRefusal = 64 * 1024;

    /// <summary>Adds the headers of a request for SPDY.</summary>
    public static void AddHeaders(HttpRequestMessage request, IEnumerable<string> protocols)
    {
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", Protocol);
        request.Headers.TryAddWithoutValidation(StreamNames.ProtocolHeader, protocols);
        request.Content = new ByteArrayContent([]);
    }

    /// <summary>True when the kubelet agreed.</summary>
    public static bool IsGranted(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        && response.Headers.Upgrade.Any(one => one.ToString().Equals(Protocol, StringComparison.OrdinalIgnoreCase));

    /// <summary>The protocol within SPDY that the kubelet chose; empty for none.</summary>
    public static string ProtocolOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(StreamNames.ProtocolHeader, out var values) ? values.First().Trim() : "";

    /// <summary>
    /// Opens a SPDY connection for a remote command. A kubelet's refusal comes back as the status that clients get: its
    /// own, if it sent one, or else its text.
    /// </summary>
    public static async Task<ApiResult<HttpResponseMessage>> OpenAsync(
        BackendUrl url, BackendTransport transport, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, (Uri?)null);
        AddHeaders(request, StreamNames.RemoteCommandVersions);
        request.Headers.Host = url.Authority;
        HttpResponseMessage response;
        try
        {
            response = await transport.SendAsync(url, request, cancellation);
        }
        catch (BackendException exception)
        {
            return ApiErrors.Internal($"error sending request: Post \"{url}\": {exception.Message}");
        }

        if (IsGranted(response))
        {
            return response;
        }

        using (response)
        {
            string text = await ReadRefusalAsync(response, cancellation);
            return StatusTexts.Parse(text) ?? ApiErrors.Internal("unable to upgrade connection: " + text.Trim());
        }
    }

    private static async Task<string> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            byte[] text = new byte[LongestRefusal];
            int length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
            return Encoding.UTF8.GetString(text, 0, length);
        }
        catch (IOException)
        {
            return "unable to read error from server response";
        }
    }
}

/// <summary>Statuses as JSON texts of others.</summary>
internal static class StatusTexts
{
    /// <summary>The status of an answer that is one; null otherwise.</summary>
    public static Status? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && TextOf(root, "kind") == "Status"
                ? ApiErrors.Make(NumberOf(root, "code"), TextOf(root, "reason"), TextOf(root, "message"), null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A field's text; empty when it is none.</summary>
    public static string TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static int NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : 0;
}
