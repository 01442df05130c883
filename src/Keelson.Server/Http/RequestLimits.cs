using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>How long a request may take, and how many there may be at once.</summary>
internal sealed class RequestLimits(ApiServerConfig config)
{
    private readonly RequestLimitsConfig _limits = config.Limits;
    private int _reading;
    private int _writing;

    /// <summary>Starts a request's time. Long-running requests have no end.</summary>
    public RequestDeadline Begin(HttpContext http, RequestInfo info)
    {
        if (info.IsLongRunning)
        {
            return default;
        }

        TimeSpan time = _limits.RequestTimeout;
        if (http.Request.Query.Count > 0 && RequestOptions.Text(http.Request.Query, "timeout") is { Length: > 0 } asked)
        {
            if (!GoDuration.TryParse(asked, out TimeSpan chosen, out string? error))
            {
                return new RequestDeadline(
                    ApiErrors.BadRequest($"invalid timeout specified in the request URL - {error}"));
            }

            // Zero means the server's own; more than that is not to be had.
            time = chosen > TimeSpan.Zero && chosen < time ? chosen : time;
        }

        return time > TimeSpan.Zero ? new RequestDeadline(http, time, config.Clock) : default;
    }

    /// <summary>
    /// Takes a place among the requests in flight. Administrators always get one: they may have to put right what fills
    /// the server.
    /// </summary>
    public InFlightPlace Enter(RequestInfo info, UserInfo user)
    {
        if (info.IsLongRunning)
        {
            return new InFlightPlace(null, false, true);
        }

        bool writes = info.Verb is not ("get" or "list" or "watch");
        int most = writes ? _limits.MaxMutatingInFlight : _limits.MaxInFlight;
        if (most == 0 || Count(writes, 1) <= most)
        {
            return new InFlightPlace(most == 0 ? null : this, writes, true);
        }

        Count(writes, -1);
        return new InFlightPlace(null, false, user.Groups.Contains(WellKnownUsers.MastersGroup));
    }

    /// <summary>Counts requests in flight up or down.</summary>
    public int Count(bool writes, int step) => Interlocked.Add(ref writes ? ref _writing : ref _reading, step);
}

/// <summary>A request's place among those in flight; given back when disposed.</summary>
internal readonly struct InFlightPlace(RequestLimits? limits, bool writes, bool isTaken) : IDisposable
{
    /// <summary>False when there was none left.</summary>
    public bool IsTaken => isTaken;

    /// <summary>Tells a client to come again in a second.</summary>
    public static Task WriteRefusalAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return PlainAnswer.ErrorAsync(
            http, StatusCodes.Status429TooManyRequests, "Too many requests, please try again later.\n");
    }

    /// <inheritdoc/>
    public void Dispose() => limits?.Count(writes, -1);
}

/// <summary>The end of a request's time: until disposed, the request counts as aborted from then on.</summary>
internal readonly struct RequestDeadline : IDisposable
{
    private static readonly byte[] PassedAnswer =
    [
        .. "{\"metadata\":{},\"status\":\"Failure\","u8,
        .. "\"message\":\"Timeout: request did not complete within the allotted timeout\","u8,
        .. "\"reason\":\"Timeout\",\"details\":{},\"code\":504}\n"u8,
    ];

    private readonly HttpContext? _http;
    private readonly CancellationToken _client;
    private readonly CancellationTokenSource? _end;
    private readonly ITimer? _timer;

    /// <summary>Starts the time.</summary>
    public RequestDeadline(HttpContext http, TimeSpan time, TimeProvider clock)
    {
        _http = http;
        _client = http.RequestAborted;
        _end = CancellationTokenSource.CreateLinkedTokenSource(_client);
        if (time < TimeSpan.FromMilliseconds(1))
        {
            // Over before anything can be done about the request.
            _end.Cancel();
        }
        else if (clock == TimeProvider.System)
        {
            _end.CancelAfter(time);
        }
        else
        {
            _timer = clock.CreateTimer(
                static end => ((CancellationTokenSource)end!).Cancel(), _end, time, Timeout.InfiniteTimeSpan);
        }

        http.RequestAborted = _end.Token;
    }

    /// <summary>A request that named no proper time.</summary>
    public RequestDeadline(Status refused) => Refused = refused;

    /// <summary>
    /// Answers a request that ran out of time. Upstream's answer is written by a filter that knows no types: it says
    /// neither what it is nor how it is written.
    /// </summary>
    public static Task WritePassedAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return PlainAnswer.BytesAsync(http, PassedAnswer);
    }

    /// <summary>Why the request is not to be served; null when it is.</summary>
    public Status? Refused { get; }

    /// <summary>Whether the time is over, and the client still there.</summary>
    public bool HasPassed => _end is { IsCancellationRequested: true } && !_client.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_http is null)
        {
            return;
        }

        _http.RequestAborted = _client;
        _timer?.Dispose();
        _end!.Dispose();
    }
}
