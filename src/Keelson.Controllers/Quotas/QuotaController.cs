using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Client.Quotas;

namespace Keelson.Controllers.Quotas;

/// <summary>
/// Keeps the status of quotas: what they limit, and what is used. Admission charges writes that are about to be stored;
/// this counts what is stored, so a charge is given a moment to show before anything is counted.
/// </summary>
internal sealed class QuotaController : IController
{
    private const int Workers = 5;

    /// <summary>How long a write that was charged may take to show.</summary>
    private static readonly TimeSpan ChargeShows = TimeSpan.FromMilliseconds(100);

    /// <summary>How long counting may be put off by one charge after the other.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>When a charge is held against what came of it: the write may have failed.</summary>
    private static readonly TimeSpan CheckCharge = TimeSpan.FromSeconds(2);

    /// <summary>How late an informer may be (as long as upstream waits for what it wrote itself).</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>How often everything is counted anew (<c>--resource-quota-sync-period</c>).</summary>
    private readonly TimeSpan _resync;
    private readonly ControllerContext _context;
    private readonly IInformer<ResourceQuota> _quotas;
    private readonly NamespaceCounts _counts;
    private readonly Dictionary<KindInfo, Func<string, IEnumerable<IObject>>> _measured = [];
    private readonly ConcurrentDictionary<ObjectKey, long> _charged = [];
    private readonly ConcurrentDictionary<ObjectKey, long> _waiting = [];
    private readonly ReconcileLoop _loop;

    public QuotaController(ControllerContext context)
    {
        _context = context;
        _resync = context.Config.ResourceQuotaSyncPeriod;
        _quotas = context.Informers.Of<ResourceQuota>();
        _counts = new(context.Informers, Recount);
        _loop = context.Loop(Workers, ReconcileAsync).Reads(_quotas);
        _quotas.Subscribe(OnQuota);
        Measure<Pod>(context, static (old, now) => !IsOver(old) && IsOver(now));
        Measure<Service>(context, static (old, now) => old.Spec != now.Spec);
        Measure<PersistentVolumeClaim>(context, static (old, now) => old.Spec != now.Spec || old.Status != now.Status);
        Measure<Api.Resource.V1.ResourceClaim>(context, static (_, _) => false);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool IsOver(Pod pod) => pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed;

    private void Measure<T>(ControllerContext context, Func<T, T, bool> matters)
        where T : class, IKind<T>
    {
        IInformer<T> informer = context.Informers.Of<T>();
        _measured.Add(T.Info, @namespace => informer.List(@namespace));
        _loop.Reads(informer);
        informer.Subscribe((old, now) =>
        {
            if (old is not null && (now is null || matters(old, now)))
            {
                Recount(old.Metadata.Namespace);
            }
        });
    }

    private void Recount(string @namespace)
    {
        foreach (ResourceQuota quota in _quotas.List(@namespace))
        {
            _loop.Add(ObjectKey.Of(quota));
        }
    }

    private void OnQuota(ResourceQuota? old, ResourceQuota? now)
    {
        ObjectKey key = ObjectKey.Of((now ?? old)!);
        if (now is null)
        {
            _charged.TryRemove(key, out _);
            _waiting.TryRemove(key, out _);
        }
        else if (old is null || old.Spec != now.Spec || old.Metadata.Uid != now.Metadata.Uid)
        {
            _loop.Add(key);
        }
        else if (old.Status.Used != now.Status.Used)
        {
            _charged[key] = _context.Clock.GetTimestamp();
            _loop.AddAfter(key, CheckCharge);
        }
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_quotas.Find(key.Namespace, key.Name) is not { } quota)
        {
            return Reconciled.Done;
        }

        if (quota.Status.Hard == quota.Spec.Hard && WaitsForCharge(key) is { } wait)
        {
            return Reconciled.Again(wait);
        }

        _waiting.TryRemove(key, out _);
        QuotaContents[] contents = await ContentsAsync(quota, cancellationToken);
        ResourceQuotaStatus status = QuotaPlan.Compute(quota, contents);
        if (IsRecentlyCharged(key) && QuotaPlan.IsLess(status, quota.Status))
        {
            // An informer that is late must not give away what was charged for objects that it does not show yet.
            if (await RefreshAsync(contents, key.Namespace, client, cancellationToken) is { } unknown)
            {
                return Reconciled.Failed(unknown);
            }

            status = QuotaPlan.Compute(quota, contents);
        }

        if (status == quota.Status)
        {
            return Reconciled.Again(_resync);
        }

        Status? error = (await client.UpdateStatusAsync(quota with { Status = status }, cancellationToken)).Error;
        return error is null or { Code: 404 } ? Reconciled.Again(_resync) : Reconciled.Failed(error);
    }

    private bool IsRecentlyCharged(ObjectKey key) =>
        _charged.TryGetValue(key, out long at) && _context.Clock.GetElapsedTime(at) < LongestDelay;

    /// <summary>How long to wait until the latest charge shows in what is stored; null when there is none, or it is
    /// old.</summary>
    private TimeSpan? WaitsForCharge(ObjectKey key)
    {
        if (!_charged.TryGetValue(key, out long at))
        {
            return null;
        }

        TimeSpan left = ChargeShows - _context.Clock.GetElapsedTime(at);
        long since = _waiting.GetOrAdd(key, _ => _context.Clock.GetTimestamp());
        return left <= TimeSpan.Zero || _context.Clock.GetElapsedTime(since) > LongestWait ? null : left;
    }

    private async Task<QuotaContents[]> ContentsAsync(ResourceQuota quota, CancellationToken cancellationToken)
    {
        List<QuotaContents> contents = [];
        foreach (ApiKind kind in _context.Config.Kinds())
        {
            if (kind.Stored != kind
                || QuotaEvaluator.Of(kind.Info) is not { } evaluator
                || !quota.Spec.Hard.Keys.Any(evaluator.Measures))
            {
                continue;
            }

            contents.Add(_measured.TryGetValue(kind.Info, out Func<string, IEnumerable<IObject>>? list)
                ? new(kind, evaluator, 0, list(quota.Metadata.Namespace))
                : new(kind, evaluator, await _counts.CountAsync(kind, quota.Metadata.Namespace, cancellationToken),
                    null));
        }

        return [.. contents];
    }

    /// <summary>Reads the objects anew that informers showed; the result says why they can't be read.</summary>
    private static async Task<Status?> RefreshAsync(
        QuotaContents[] contents, string @namespace, IApiClient client, CancellationToken cancellationToken)
    {
        for (int i = 0; i < contents.Length; i++)
        {
            if (contents[i].Objects is null)
            {
                continue;
            }

            ApiResult<ObjectList> listed = await client.ListAsync(
                contents[i].Kind, @namespace, ListRequest.All, cancellationToken);
            if (!listed.TryGet(out ObjectList? list, out Status? error))
            {
                return error;
            }

            contents[i] = contents[i] with { Objects = list.Items };
        }

        return null;
    }
}
