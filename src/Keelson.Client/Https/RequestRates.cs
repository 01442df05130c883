namespace Keelson.Client.Https;

/// <summary>
/// How fast requests may follow each other. As with upstream's components events have a rate of their own, so that many
/// of them do not hold up what they tell of; leases wait for nothing, as a late one costs a node or a leader its place.
/// </summary>
internal sealed class RequestRates(double perSecond, int burst, TimeProvider clock)
{
    private const string Namespaces = "/api/v1/namespaces/";
    private const string Events = "events";

    private readonly RequestRate _events = new(perSecond, burst, clock);
    private readonly RequestRate _others = new(perSecond, burst, clock);

    /// <summary>Waits for a request's turn.</summary>
    /// <param name="url">The path and parameters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitAsync(string url, CancellationToken cancellationToken) =>
        url.StartsWith("/apis/coordination.k8s.io/", StringComparison.Ordinal) ? Task.CompletedTask
        : IsOfEvents(url) ? _events.WaitAsync(cancellationToken)
        : _others.WaitAsync(cancellationToken);

    private static bool IsOfEvents(ReadOnlySpan<char> url)
    {
        if (url.StartsWith("/apis/events.k8s.io/", StringComparison.Ordinal))
        {
            return true;
        }

        if (!url.StartsWith(Namespaces, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> inside = url[Namespaces.Length..];
        int slash = inside.IndexOf('/');
        inside = inside[(slash + 1)..];
        return slash > 0
            && inside.StartsWith(Events, StringComparison.Ordinal)
            && (inside.Length == Events.Length || inside[Events.Length] is '/' or '?');
    }
}
