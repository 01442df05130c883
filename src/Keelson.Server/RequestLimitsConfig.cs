namespace Keelson.Server;

/// <summary>Limits on requests and connections. The defaults are upstream's.</summary>
public sealed record RequestLimitsConfig
{
    /// <summary>Reading requests at once (<c>--max-requests-inflight</c>); 0 for no limit.</summary>
    public int MaxInFlight { get; init; } = 400;

    /// <summary>Writing requests at once (<c>--max-mutating-requests-inflight</c>); 0 for no limit.</summary>
    public int MaxMutatingInFlight { get; init; } = 200;

    /// <summary>How long a request may take, unless it is a long-running one (<c>--request-timeout</c>).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a watch lasts that names no time itself: this long and up to as long again
    /// (<c>--min-request-timeout</c>).
    /// </summary>
    public TimeSpan MinRequestTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the server goes on serving, not ready any more, when it is asked to end
    /// (<c>--shutdown-delay-duration</c>).</summary>
    public TimeSpan ShutdownDelay { get; init; }

    /// <summary>For how long after the start /livez forgives what is not there yet
    /// (<c>--livez-grace-period</c>).</summary>
    public TimeSpan LivezGracePeriod { get; init; }

    /// <summary>The chance that a request ends its HTTP/2 connection, so that clients spread
    /// (<c>--goaway-chance</c>).</summary>
    public double GoawayChance { get; init; }

    /// <summary>Streams on an HTTP/2 connection at once (<c>--http2-max-streams-per-connection</c>).</summary>
    public int Http2MaxStreams { get; init; } = 250;
}
