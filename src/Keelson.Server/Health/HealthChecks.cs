using System.Collections.Concurrent;

namespace Keelson.Server.Health;

/// <summary>
/// The server's health checks by upstream's names. A check passes until a delegate says otherwise; the hooks, which run
/// once when the server starts, fail until they are done; shutdown passes until the server ends.
/// </summary>
/// <param name="livezGrace">For how long after the start /livez forgives what is not there yet.</param>
/// <param name="clock">The clock.</param>
internal sealed class HealthChecks(TimeSpan livezGrace = default, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _begun = (clock ?? TimeProvider.System).GetTimestamp();

    private readonly ConcurrentDictionary<string, Func<CancellationToken,
        ValueTask<string?>>> _checks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _done = new(StringComparer.Ordinal);
    private volatile bool _started;
    private volatile bool _shuttingDown;

    /// <summary>Sets what a check runs: it answers with what is wrong, or null.</summary>
    public void Set(string name, Func<CancellationToken, ValueTask<string?>> check) => _checks[Known(name)] = check;

    /// <summary>Sets what a check runs: a look at a flag.</summary>
    public void Set(string name, Func<bool> passes, string failure) =>
        Set(name, _ => ValueTask.FromResult(passes() ? null : failure));

    /// <summary>A hook is done. The name is that of the check, with or without its prefix.</summary>
    public void Finish(string hook) =>
        _done[Known(hook.StartsWith(HealthCheckTable.HookPrefix, StringComparison.Ordinal) ? hook
            : HealthCheckTable.HookPrefix + hook)] = true;

    /// <summary>The server has started: every hook without a check of its own counts as done.</summary>
    public void FinishStart() => _started = true;

    /// <summary>The server is about to end; it is not ready from now on.</summary>
    public void BeginShutdown() => _shuttingDown = true;

    /// <summary>The checks of an endpoint, in the order they are shown in.</summary>
    public static IEnumerable<string> Names(HealthEndpoints endpoint) =>
        HealthCheckTable.Rows.Where(one => (one.Endpoints & endpoint) != 0).Select(one => one.Name);

    /// <summary>Every path under which health is served.</summary>
    public static IEnumerable<string> Paths()
    {
        foreach (HealthEndpoints endpoint in (
            HealthEndpoints[])[HealthEndpoints.Healthz, HealthEndpoints.Livez, HealthEndpoints.Readyz])
        {
            string root = "/" + HealthCheckTable.NameOf(endpoint);
            yield return root;
            foreach (string name in Names(endpoint))
            {
                yield return root + "/" + name;
            }
        }
    }

    /// <summary>Whether an endpoint takes a failed check for a passed one: the server has only just started.</summary>
    public bool Forgives(HealthEndpoints endpoint, string name) =>
        endpoint == HealthEndpoints.Livez
            && name is not ("ping" or "log")
            && _clock.GetElapsedTime(_begun) < livezGrace;

    /// <summary>Runs a check: what is wrong, or null.</summary>
    public async ValueTask<string?> RunAsync(string name, CancellationToken cancellation)
    {
        if (name == "shutdown" && _shuttingDown)
        {
            return "process is shutting down";
        }

        if (_checks.TryGetValue(name, out Func<CancellationToken, ValueTask<string?>>? check))
        {
            try
            {
                return await check(cancellation);
            }
            catch (Exception exception) when (
                exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                return exception.Message;
            }
        }

        bool isHook = name.StartsWith(HealthCheckTable.HookPrefix, StringComparison.Ordinal)
            || name == "autoregister-completion";
        return isHook && !_started && !_done.ContainsKey(name) ? "not finished" : null;
    }

    private static string Known(string name) => HealthCheckTable.Rows.Any(one => one.Name == name) ? name
        : throw new ArgumentException($"There is no health check {name}.", nameof(name));
}
