using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;

namespace Keelson.Nodes.Containers;

/// <summary>A hook that asks a server of the container. Unlike with probes, whatever it answers: it was told.</summary>
/// <param name="request">The hook.</param>
/// <param name="http">What is asked.</param>
/// <param name="fellBack">Told when a server that was asked by TLS was told without.</param>
internal sealed class HttpHook(HookRequest request, HTTPGetAction http, Action<Pod, string> fellBack)
{
    private const string Agent = "kube-lifecycle/1.36";

    /// <summary>Null, or what went wrong.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        string about = $"HTTP lifecycle hook ({http.Path}) for Container \"{request.Container.Name}\" in Pod "
            + $"\"{PodNames.Text(request.Pod)}\" failed - error: ";
        int port;
        try
        {
            port = ProbePorts.Resolve(http.Port, request.Container.Container);
        }
        catch (FormatException exception)
        {
            return about + exception.Message;
        }

        using HttpClient client = HttpProbe.CreateClient(Timeout.InfiniteTimeSpan);
        try
        {
            await SendAsync(client, http, port, cancellationToken);
            return null;
        }
        catch (HttpRequestException exception)
        {
            bool isTold = HttpProbe.SpeaksPlainHttp(exception)
                && await TellPlainlyAsync(client, port, cancellationToken);
            using HttpRequestMessage asked = HttpProbe.Request(http, request.PodAddress, port, Agent);
            return isTold ? null : about + HttpProbe.ErrorText(exception, asked, port);
        }
    }

    /// <summary>Early releases asked by HTTP whatever the hook said, so this is tried too.</summary>
    private async Task<bool> TellPlainlyAsync(HttpClient client, int port, CancellationToken cancellationToken)
    {
        HTTPGetAction plain = http with
        {
            Scheme = URIScheme.HTTP,
            HttpHeaders = http.HttpHeaders.Where(static one =>
                !one.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).ToApiList(),
        };
        try
        {
            await SendAsync(client, plain, port, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return false;
        }

        string host = DialErrors.Join(http.Host.Length > 0 ? http.Host : request.PodAddress, port);
        fellBack(
            request.Pod, $"request to HTTPS lifecycle hook {host} got HTTP response, retry with HTTP succeeded");
        return true;
    }

    private async Task SendAsync(
        HttpClient client, HTTPGetAction how, int port, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = HttpProbe.Request(how, request.PodAddress, port, Agent);
        using HttpResponseMessage answer = await client.SendAsync(
            message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
