using System.Diagnostics.Metrics;
using Keelson.Api.Coordination.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;

namespace Keelson.Client.Leases;

/// <summary>
/// Of all who take part, one leads: the holder of a lease. Whether a lease still holds is judged by when this process
/// saw it change, not by the times in it, so that clocks need not agree.
/// </summary>
/// <param name="client">The identity to write the lease with.</param>
/// <param name="events">Told who leads; null for nobody.</param>
/// <param name="config">Who takes part, for what.</param>
public sealed class LeaderElector(IApiClient client, EventRecorder? events, LeaderElectionConfig config)
{
    private const double Jitter = 1.2;

    // Upstream's health check gives a leader so much longer than its lease lasts.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly Meter Meter = new("Keelson.Client");
    private static readonly Gauge<int> MasterStatus = Meter.CreateGauge<int>("leader_election_master_status");
    private Lease? _observed;
    private long _observedAt;

    /// <summary>Who leads, as far as is known; empty for nobody.</summary>
    public string Leader => Volatile.Read(ref _observed)?.Spec.HolderIdentity ?? "";

    /// <summary>Whether this participant leads.</summary>
    public bool IsLeader => Leader == config.Identity;

    /// <summary>What a health check says: why a leader is one no longer though it still thinks so; null when all is
    /// well.</summary>
    public string? RenewalFailure() =>
        IsLeader && config.Clock.GetElapsedTime(Volatile.Read(ref _observedAt)) > config.LeaseDuration + Grace
            ? $"failed election to renew leadership on lease {config.Name}"
            : null;

    /// <summary>Completes when this participant leads.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        MasterStatus.Record(0, new KeyValuePair<string, object?>("name", config.Name));
        config.Log($"attempting to acquire leader lease {config.Namespace}/{config.Name}...");
        while (!await TryAsync(cancellationToken))
        {
            TimeSpan pause = config.RetryPeriod * (1 + (config.Random.NextDouble() * Jitter));
            await Task.Delay(pause, config.Clock, cancellationToken);
        }

        config.Log($"successfully acquired lease {config.Namespace}/{config.Name}");
        MasterStatus.Record(1, new KeyValuePair<string, object?>("name", config.Name));
        Tell("became leader");
    }

    /// <summary>Stays the leader: completes when it no longer is, or is cancelled.</summary>
    public async Task HoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await RenewAsync(cancellationToken))
            {
                await Task.Delay(config.RetryPeriod, config.Clock, cancellationToken);
            }

            config.Log($"failed to renew lease {config.Namespace}/{config.Name}: context deadline exceeded");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end; the lease is still held.
        }

        MasterStatus.Record(0, new KeyValuePair<string, object?>("name", config.Name));
        Tell("stopped leading");
    }

    /// <summary>Gives the lease back, so that the next one need not wait for its end.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!IsLeader || _observed is not { } held)
        {
            return;
        }

        MicroTime now = new(config.Clock.GetUtcNow());
        Lease released = held with
        {
            Spec = held.Spec with
            {
                HolderIdentity = "",
                LeaseDurationSeconds = 1,
                RenewTime = now,
                AcquireTime = now,
            },
        };
        ApiResult<Lease> written = await client.UpdateAsync(released, cancellationToken);
        if (written.TryGet(out Lease? lease, out Status? error))
        {
            Observe(lease);
        }
        else
        {
            config.Log($"failed to release lease {config.Namespace}/{config.Name}: {error.Message}");
        }
    }

    /// <summary>One attempt to become the leader, or to remain it.</summary>
    internal async ValueTask<bool> TryAsync(CancellationToken cancellationToken)
    {
        if (IsLeader && _observed is { } own && Holds(own))
        {
            ApiResult<Lease> renewed = await client.UpdateAsync(Taken(own), cancellationToken);
            if (renewed.TryGet(out Lease? lease, out Status? refused))
            {
                Observe(lease);
                return true;
            }

            config.Log($"failed to update lease optimistically: {refused.Message}, falling back to slow path");
        }

        ApiResult<Lease> read =
            await client.GetAsync<Lease>(config.Namespace, config.Name, cancellationToken);
        if (!read.TryGet(out Lease? current, out Status? error))
        {
            if (error.Code == 404)
            {
                return Seen(
                    await client.CreateAsync(FirstLease(), cancellationToken),
                    "initially creating leader election record");
            }

            config.Log($"error retrieving resource lock {config.Namespace}/{config.Name}: {error.Message}");
            return false;
        }

        if (_observed?.Spec != current.Spec)
        {
            Observe(current);
        }

        bool isOthers = !string.IsNullOrEmpty(current.Spec.HolderIdentity) && !IsLeader;
        return !(isOthers && Holds(current))
            && Seen(await client.UpdateAsync(Taken(current), cancellationToken), "failed to update lock");
    }

    private async ValueTask<bool> RenewAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(config.RenewDeadline, config.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!await TryAsync(either.Token))
            {
                await Task.Delay(config.RetryPeriod, config.Clock, either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private bool Seen(ApiResult<Lease> written, string attempt)
    {
        if (!written.TryGet(out Lease? lease, out Status? error))
        {
            config.Log($"{attempt}: {error.Message}");
            return false;
        }

        Observe(lease);
        return true;
    }

    private bool Holds(Lease lease) =>
        config.Clock.GetElapsedTime(_observedAt) < TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 0);

    private void Observe(Lease lease)
    {
        string before = Leader;
        _observedAt = config.Clock.GetTimestamp();
        Volatile.Write(ref _observed, lease);
        if (before != Leader && Leader.Length > 0)
        {
            config.Log($"new leader elected: {Leader}");
        }
    }

    private Lease FirstLease()
    {
        MicroTime now = new(config.Clock.GetUtcNow());
        return new Lease
        {
            Metadata = ObjectMeta.Empty with { Name = config.Name, Namespace = config.Namespace },
            Spec = LeaseSpec.Empty with
            {
                HolderIdentity = config.Identity,
                LeaseDurationSeconds = Seconds,
                AcquireTime = now,
                RenewTime = now,
                LeaseTransitions = 0,
            },
        };
    }

    /// <summary>The lease with this participant as its holder.</summary>
    private Lease Taken(Lease lease)
    {
        MicroTime now = new(config.Clock.GetUtcNow());
        bool stays = lease.Spec.HolderIdentity == config.Identity;
        return lease with
        {
            Spec = lease.Spec with
            {
                HolderIdentity = config.Identity,
                LeaseDurationSeconds = Seconds,
                RenewTime = now,
                AcquireTime = stays ? lease.Spec.AcquireTime : now,
                LeaseTransitions = (lease.Spec.LeaseTransitions ?? 0) + (stays ? 0 : 1),
            },
        };
    }

    private int Seconds => (int)config.LeaseDuration.TotalSeconds;

    private void Tell(string what)
    {
        if (_observed is { } lease)
        {
            events?.Normal(lease, "LeaderElection", $"{config.Identity} {what}");
        }
    }
}
