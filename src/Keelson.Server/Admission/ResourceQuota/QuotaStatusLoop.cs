using System.Collections.Concurrent;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;
using Quota = Keelson.Api.Core.V1.ResourceQuota;

namespace Keelson.Server.Admission.ResourceQuota;

/// <summary>
/// Keeps the status of quotas: what they limit, and what the stored objects use. Namespaces come when a quota appears or
/// changes and when something counted goes; not while a charged write is on its way, which the objects do not show yet.
/// </summary>
internal sealed class QuotaStatusLoop : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Channel<string> _names = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, bool> _queued = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _later = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ObjectCache Cache, QuotaEvaluator Evaluator)> _counted = [];
    private readonly ObjectCache _quotas;
    private readonly QuotaCharges _charges;
    private readonly ApiServerConfig _config;
    private readonly Task _worker;

    public QuotaStatusLoop(ObjectStorage storage, QuotaCharges charges, ApiServerConfig config)
    {
        _charges = charges;
        _config = config;
        _quotas = charges.Cache;
        foreach (ObjectCache cache in storage.Caches)
        {
            if (QuotaEvaluator.Of(cache.Kind.Info) is { } evaluator)
            {
                _counted.Add((cache, evaluator));
                bool measured = evaluator.GetType() != typeof(QuotaEvaluator);
                cache.Observe(change => OnCounted(change, measured));
            }
        }

        _quotas.Observe(OnQuota);
        foreach (StoredObject one in _quotas.Snapshot.Range(_quotas.RangeOf("").From, _quotas.RangeOf("").To))
        {
            Enqueue(one.Namespace);
        }

        _worker = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        _stop.Dispose();
    }

    private void OnQuota(ObjectEvent change)
    {
        if (change.Object?.KeptRecord is not Quota now)
        {
            return;
        }

        if (change.Previous?.KeptRecord is Quota old && old.Spec == now.Spec)
        {
            // A charge, most likely: looked at again when its write must have come or failed.
            _ = AgainLaterAsync(now.Metadata.Namespace, QuotaReservations.Patience + RetryAfter);
        }
        else
        {
            Enqueue(now.Metadata.Namespace);
        }
    }

    /// <summary>Deletions count, and changes of what is measured: a pod that ends, a claim that grows.</summary>
    private void OnCounted(ObjectEvent change, bool measured)
    {
        if (change.Object is null || (measured && change.Previous is not null))
        {
            string name = (change.Object ?? change.Previous!).Namespace;
            (string from, string to) = _quotas.RangeOf(name);
            if (_quotas.Snapshot.Range(from, to).Any())
            {
                Enqueue(name);
            }
        }
    }

    private void Enqueue(string name)
    {
        if (_queued.TryAdd(name, true))
        {
            _names.Writer.TryWrite(name);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (string name in _names.Reader.ReadAllAsync(_stop.Token))
            {
                _queued.TryRemove(name, out _);
                if (!await TryHandleAsync(name))
                {
                    _ = RetryAsync(name);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task AgainLaterAsync(string name, TimeSpan delay)
    {
        if (!_later.TryAdd(name, true))
        {
            return;
        }

        try
        {
            await Task.Delay(delay, _config.Clock, _stop.Token);
            _later.TryRemove(name, out _);
            Enqueue(name);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Asked to end.
        }
    }

    private async Task RetryAsync(string name)
    {
        try
        {
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            Enqueue(name);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Asked to end.
        }
    }

    /// <summary>Brings the quotas of a namespace up to date; false when it has to be looked at again.</summary>
    private async Task<bool> TryHandleAsync(string name)
    {
        try
        {
            bool done = true;
            (string from, string to) = _quotas.RangeOf(name);
            foreach (StoredObject one in _quotas.Snapshot.Range(from, to).ToArray())
            {
                done &= await RefreshAsync(name, one);
            }

            return done;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _config.Log($"quotas of namespace {name}: {exception.Message}");
            return false;
        }
    }

    private async Task<bool> RefreshAsync(string name, StoredObject stored)
    {
        // The order matters: a charge after the quota was read makes the write conflict, one before it is reserved.
        Quota quota = (Quota)stored.KeptRecord;
        bool settled = !_charges.Reservations.AnyIn(name);
        bool fresh = quota.Status.Hard != quota.Spec.Hard;
        if (!settled && !fresh)
        {
            return false;
        }

        QuotaAmounts used = Measure(name, quota);
        if (!settled)
        {
            // What is limited shows at once; what was charged stays until it can be measured.
            foreach (KeyValuePair<string, Quantity> pair in quota.Status.Used)
            {
                if (used.ContainsKey(pair.Key))
                {
                    used[pair.Key] = pair.Value;
                }
            }
        }

        ResourceQuotaStatus status = quota.Status with { Hard = quota.Spec.Hard, Used = used.ToMap() };
        if (status == quota.Status)
        {
            return settled;
        }

        Quota changed = quota with { Status = status };
        WriteOutcome outcome = await _charges.PutAsync(stored, changed, QuotaCharges.Controller, _stop.Token);
        return settled && (outcome.Written is not null || outcome is { Current: null, Error: null });
    }

    private QuotaAmounts Measure(string name, Quota quota)
    {
        QuotaAmounts used = [];
        foreach ((ObjectCache cache, QuotaEvaluator evaluator) in _counted)
        {
            string[] names = [.. quota.Spec.Hard.Keys.Where(evaluator.Measures)];
            if (names.Length == 0)
            {
                continue;
            }

            foreach (string one in names)
            {
                used[one] = Quantity.FromValue(0);
            }

            (string from, string to) = cache.RangeOf(name);
            foreach (IObject obj in cache.Snapshot.Range(from, to).Select(one => one.KeptRecord))
            {
                if (!evaluator.InScopes(obj, quota.Spec))
                {
                    continue;
                }

                QuotaAmounts usage = evaluator.Usage(obj);
                foreach (string one in names)
                {
                    if (usage.TryGetValue(one, out Quantity amount))
                    {
                        used[one] = used[one].IsZero ? amount : used[one] + amount;
                    }
                }
            }
        }

        return used;
    }
}
